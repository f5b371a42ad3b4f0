# SPDX-License-Identifier: Apache-2.0
"""The generator of load: wrk, on one thread, the same for every server."""

import json
import os
from dataclasses import dataclass

from . import processes

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "load.lua")
ERRORS = ("connect", "read", "write", "status", "timeout")


@dataclass
class Measured:
    """One run of wrk."""

    requests: int
    bytes: int
    seconds: float
    p50: int
    p99: int
    p999: int
    errors: dict
    cpu_seconds: float = 0.0
    generator_seconds: float = 0.0
    resident_bytes: int = 0

    @property
    def rate(self):
        return self.requests / self.seconds

    @property
    def failures(self):
        return sum(self.errors.values())


def parse(output):
    """What load.lua printed at the end; everything else that wrk says is for people."""
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    if len(lines) != 1:
        raise processes.Failure(f"wrk printed {len(lines)} results (expected: 1): {output.strip()[-300:]}")
    fields = json.loads(lines[0][len("RESULT "):])
    return Measured(
        requests=fields["requests"], bytes=fields["bytes"], seconds=fields["micros"] / 1e6,
        p50=fields["p50"], p99=fields["p99"], p999=fields["p999"],
        errors={name: fields[name] for name in ERRORS if fields[name]})


class Generator:
    """wrk on one processor."""

    def __init__(self, directory, cpu, shared):
        self.directory = directory
        self.cpu = cpu
        self.shared = shared

    def run(self, target, connections, seconds):
        """Loads target for so long, and adds the processor time that its server and wrk took meanwhile."""
        command = ["taskset", "-c", str(self.cpu), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
                   "--timeout", "10s", "-s", SCRIPT, target.url, "--", *target.arguments]
        with self.shared.measuring():
            before = processes.cpu_seconds(target.pid)
            used = processes.run_measured(command, cwd=self.directory)
            measured = parse(used.output)
            measured.cpu_seconds = processes.cpu_seconds(target.pid) - before
            measured.generator_seconds = used.cpu_seconds
        return measured
