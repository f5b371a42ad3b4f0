# SPDX-License-Identifier: Apache-2.0
"""What a cache would have answered of a branch's requests: the replay stands with the block store, this prints its table."""

import os
import re
import subprocess

from . import peerdist, processes
from .tables import Table

REPLAY = os.path.join(peerdist.BENCHMARKS, "traces")
SECONDS = 900
SCALE_SEGMENTS = 20_000_000
SCALE_SECONDS = 7_200
RULE = re.compile(r"^[|:\s-]+$")


def parse(output):
    """The first Markdown table in the output: its heads, and its rows."""
    lines = [line.strip() for line in output.replace("\\n", "\n").splitlines() if line.strip().startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not RULE.match(line)]
    if len(cells) < 2:
        return [], []
    return cells[0], [row for row in cells[1:] if len(row) == len(cells[0])]


def measure(work):
    tables = []
    values = {}
    if os.path.exists(REPLAY):
        environment = dict(os.environ, TRACES_SCALE="1" if work.quick else "4")
        output = _maven([REPLAY], SECONDS, environment)
        heads, rows = parse(output)
        if not rows:
            raise processes.Failure("the replay printed no table")
        table = Table("Hit ratios over traces of a branch", heads)
        for row in rows:
            table.add(*row)
        tables.append(table)
        values["traces"] = [dict(zip(heads, row)) for row in rows]
    if work.scale:
        tables.append(_scale(work))
    return tables, values


def _scale(work):
    """Twenty million segments in the catalogue. Takes minutes and tens of gigabytes of sparse files."""
    output = _maven(
        ["mvn", "-B", "-q", "verify", "-pl", "hosted-cache/block-store", "-am", "-Dspotless.check.skip", "-Djacoco.skip",
         "-Dit.test=CatalogueScaleIT#opensLooksUpAndRemovesWhateverTheNumberOfSegments", "-Dtest=NoUnitTest",
         "-Dsurefire.failIfNoSpecifiedTests=false",
         "-Dfailsafe.failIfNoSpecifiedTests=false", f"-Dpeerdist.scale.segments={SCALE_SEGMENTS}",
         f"-Dpeerdist.scale.directory={work.subdirectory('scale')}"], SCALE_SECONDS, dict(os.environ))
    table = Table(f"A catalogue of {SCALE_SEGMENTS:,} segments", ["figure"])
    for line in report(output):
        table.add(line)
    if not table.rows:
        raise processes.Failure("filling the catalogue printed no figures")
    return table


def report(output):
    """The lines of what the test logs, without the head of the log's line."""
    lines, inside = [], False
    for line in output.splitlines():
        if "CatalogueScaleIT" in line and "ERROR" in line:
            inside = True
            line = line.partition("CatalogueScaleIT")[2]
        elif line.startswith(("[", "\x1b")):
            inside = False
        if inside and line.strip():
            lines.append(line.strip())
    return lines


def _maven(command, limit, environment):
    done = subprocess.run(command, cwd=peerdist.ROOT, capture_output=True, text=True, timeout=limit, env=environment,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise processes.Failure(f"{os.path.basename(command[0])} ended with {done.returncode}: {done.stdout[-300:]}")
    return done.stdout + done.stderr
