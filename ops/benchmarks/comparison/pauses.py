# SPDX-License-Identifier: Apache-2.0
"""A full store at full load: how long one put, one get, one removal takes while it evicts all the time."""

from . import figures, hashing, peerdist, processes
from .tables import Table

LIMIT_MICROS = 50_000
NAMES = {"put": "put, two threads", "get": "get, one thread", "delete": "removal, one thread"}
BLOCK_BYTES = 65_536


def measure(work):
    table = Table("A full store at full load: milliseconds for one operation",
                  ["operation", "a second", "GB/s", "p50", "p99", "p99.9", "longest", "over 50 ms"])
    values = {}
    for name, window in (("", work.sync_bytes), (", nothing held up for the disk", work.store_bytes)):
        if window != work.sync_bytes and work.quick:
            continue
        rates = _run(work, window)
        values[window] = rates
        for operation, text in NAMES.items():
            table.add(text + name, *row(rates, operation))
        table.notes.append(note(rates, window))
        work.say(f"pauses: longest put {figures.millis(rates['put.longest'])} ms")
    table.notes.insert(0, f"a store of {figures.mebibytes(work.store_bytes)} that is full; blocks of 64 KiB, each a segment; "
                          f"{work.pause_seconds} s; the aim: none over {figures.millis(LIMIT_MICROS)} ms")
    return [table], {"pauses": values}


def _run(work, window):
    directory = work.subdirectory("pauses")
    with work.shared.measuring():
        output = processes.run(peerdist.java("store.StorePauses", directory, work.store_bytes, work.pause_seconds, window),
                               cwd=work.directory)
    work.remove("pauses")
    return hashing.parse_rates(output)


def row(rates, operation):
    """The cells of an operation behind its name."""
    rate = rates[operation + ".rate"]
    return [figures.text(rate, 0),
            "-" if operation == "delete" else figures.text(rate * BLOCK_BYTES / 1e9, 2),
            *[figures.millis(rates[f"{operation}.{part}"]) for part in ("p50", "p99", "p999", "longest")],
            figures.text(rates[operation + ".late"], 0)]


def note(rates, window):
    return (f"with a window of {figures.mebibytes(window)}: a small file beside the store was forced in "
            f"{figures.millis(rates['force.p50'])} ms as a rule and {figures.millis(rates['force.longest'])} ms at worst; a thread "
            f"that only sleeps woke up to {figures.millis(rates['nap.longest'])} ms late; "
            f"{figures.millis(rates['collecting'])} ms went into garbage collection, all together")
