# SPDX-License-Identifier: Apache-2.0
"""Daemons with nothing to do: how soon they are ready, what they hold, how often they wake up."""

import os
import time

from . import figures, peerdist, processes
from .tables import Table

WATCHED_SECONDS = 10
SETTLING_SECONDS = 4
STARTS = 5


def _starters(work):
    root = work.subdirectory("idle-root")
    return {
        "content-server": lambda data: peerdist.content_server(work.directory, root, data),
        "hosted-cache": lambda data: peerdist.hosted_cache(work.directory, data, 1 << 30),
        "agent": lambda data: peerdist.agent(work.directory, data),
    }


def measure(work):
    table = Table("Idle daemons", ["daemon", "cold start to ready, s", "of these, CPU s", "RSS", "wake-ups a second",
                                   "the most frequent"])
    values = []
    for name, start in _starters(work).items():
        ready, cpu = [], []
        for number in range(STARTS):
            with work.shared.measuring():
                daemon = start(work.path(f"idle-{name}-{number}"))
            ready.append(daemon.ready_seconds)
            cpu.append(processes.cpu_seconds(daemon.pid))
            if number < STARTS - 1:
                daemon.stop()
        with work.shared.measuring():
            resident, woken = _watch(daemon)
        daemon.stop()
        most = sorted(woken.items(), key=lambda entry: -entry[1])[:3]
        values.append({"daemon": name, "ready": figures.median(ready), "resident": resident,
                       "wakeups": sum(woken.values()), "threads": woken})
        table.add(name, figures.text(figures.median(ready), 2), figures.text(figures.median(cpu), 2),
                  figures.mebibytes(resident), figures.text(sum(woken.values()), 1),
                  ", ".join(f"{thread} {rate:.1f}" for thread, rate in most if rate))
        work.say(f"{name}: ready after {figures.median(ready):.2f} s")
    table.notes.append(f"start with an empty data directory and files in the page cache, median of {STARTS}; "
                       f"wake-ups: voluntary context switches of all threads over {WATCHED_SECONDS} s")
    table.notes.append("a wake-up is counted wherever it comes from: those of the Java machine's own threads too")
    return [table], {"idle": values}


def _watch(daemon):
    """Resident octets, and wake-ups per second by the name of the thread."""
    time.sleep(SETTLING_SECONDS)
    before = processes.voluntary_switches(daemon.pid)
    start = time.monotonic()
    time.sleep(WATCHED_SECONDS)
    after = processes.voluntary_switches(daemon.pid)
    seconds = time.monotonic() - start
    return processes.resident_bytes(daemon.pid), rates(before, after, seconds)


def rates(before, after, seconds):
    return {name: (count - before.get(name, 0)) / seconds for name, count in after.items()}
