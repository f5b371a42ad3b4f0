# SPDX-License-Identifier: Apache-2.0
"""Puts the tables of the day into ops/docs/performance.md, each part between its own two marks."""

import datetime
import os
import platform
import re
import shutil
import subprocess

from . import peerdist, peers, processes

PATH = os.path.join(peerdist.ROOT, "ops", "docs", "performance.md")
VERSIONS = {
    "nginx": ["-v"], "squid": ["-v"], "varnishd": ["-V"], "wrk": ["-v"], "openssl": ["version"],
}
NUMBER = re.compile(r"\d+\.\d+(?:\.\d+)?\w*")


def replaced(document, part, text):
    """The document with text between the marks of part; a Failure when it has no such marks."""
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    start, stop = document.find(begin), document.find(end)
    if start < 0 or stop < start:
        raise processes.Failure(f"{os.path.basename(PATH)} has no marks {begin} and {end}")
    return document[:start + len(begin)] + "\n" + text.strip() + "\n" + document[stop:]


def update(tables_by_part, command):
    with open(PATH, encoding="utf-8") as file:
        document = file.read()
    heading = f"{datetime.date.today().isoformat()}, `{command}`, on {machine()}; {versions()}.\n\n"
    for part, tables in tables_by_part.items():
        document = replaced(document, part, heading + "\n".join(table.markdown() for table in tables))
    with open(PATH, "w", encoding="utf-8") as file:
        file.write(document)


def machine():
    """Processor, how many of it, memory, kernel; no names of hosts."""
    model = "processor unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return (f"{os.cpu_count()} processors ({model}), {memory:.0f} GiB, "
            f"Linux {'.'.join(platform.release().split('.')[:2])}")


def versions():
    """What ran, by number; programs that are not there are left out."""
    found = [f"Java {java_version()}"]
    for program, options in VERSIONS.items():
        path = peers.find(program)
        if path:
            done = subprocess.run([path, *options], capture_output=True, text=True, check=False)
            number = NUMBER.search(done.stdout + done.stderr)
            found.append(f"{program} {number.group(0) if number else '?'}")
    return ", ".join(found)


def java_version():
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java") or "java"
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    number = NUMBER.search(done.stderr)
    return number.group(0) if number else "?"
