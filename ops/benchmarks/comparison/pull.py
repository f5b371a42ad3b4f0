# SPDX-License-Identifier: Apache-2.0
"""Offers: how fast a hosted cache pulls what a client offers, and how it serves meanwhile."""

import os
import subprocess

from . import figures, peerdist, processes, serving
from .tables import Table
from .targets import BlockTarget

STORE_SPARE_BYTES = 1 << 30
STORED_SECONDS = 10
ROUNDS = 3
WARM_ROUNDS = 5
MIXED_CONNECTIONS = 32


class _Peer:
    """Offers blocks to a hosted cache, once told to; see OfferingPeer."""

    def __init__(self, work, name, version, port, rounds, cpu=None):
        store, blocks = work.subdirectory(name), work.offered_bytes >> 16
        command = peerdist.java("load.OfferingPeer", store, rounds * work.offered_bytes * 2 + STORE_SPARE_BYTES, version,
                                blocks, work.seed + version, port, rounds, options=("-Xmx512m",))
        self.process = processes.start(command, work.directory, name, cpu, stdout=subprocess.PIPE,
                                       stdin=subprocess.PIPE)
        self._line("prepared")

    def _line(self, expected=None):
        line = self.process.stdout.readline().decode().strip()
        if not line or (expected and line != expected):
            raise processes.Failure(f"the offering client said {line!r}, see its log")
        return line

    def go(self):
        self.process.stdin.write(b"!")
        self.process.stdin.flush()

    def result(self):
        """Octets of content, and the seconds from the first offer until the last block was served."""
        octets, seconds = self._line().split()
        return int(octets), float(seconds)


def measure(work):
    table = Table("Pulling what a client offers", ["what", "GB/s", "seconds", "cache CPU s/GB", "client CPU s/GB"])
    values = []
    for version in (2, 1):
        rounds = _pulls(work, version)
        row = {name: figures.median([one[name] for one in rounds]) for name in rounds[0]}
        row["version"] = version
        values.append(row)
        table.add(f"version {version}" + (", decrypted and verified" if version == 1 else ", stored as it is"),
                  figures.text(row["rate"], 2), figures.text(row["seconds"], 2), figures.text(row["cache_cpu"], 2),
                  figures.text(row["client_cpu"], 2))
        work.say(f"pull, version {version}: {row['rate']:.2f} GB/s")
    table.notes.append("one client on loopback offers everything it has; both processors are shared by it and the cache; "
                       f"median of {ROUNDS} rounds of {figures.mebibytes(work.offered_bytes)} after {WARM_ROUNDS} for warming "
                       "up; seconds to the last block served, and afterwards all are stored")
    mixed, mixed_values = _mixed(work)
    return [table, mixed], {"pull": values, "mixed": mixed_values}


def _cache(work, data, version, cache_bytes, cpu=None):
    extra = ["--https-port", "0"] if version == 1 else []
    return peerdist.hosted_cache(work.directory, data, cache_bytes, cpu, extra)


def _pulls(work, version):
    name = f"pull-{version}"
    rounds = WARM_ROUNDS + ROUNDS
    daemon = _cache(work, work.path(name), version, rounds * work.offered_bytes * 2 + STORE_SPARE_BYTES)
    peer = _Peer(work, name + "-peer", version, daemon.ports["https" if version == 1 else "http"], rounds)
    measured, stored = [], 0
    for _ in range(rounds):
        os.sync()
        with work.shared.measuring():
            cache, client = processes.cpu_seconds(daemon.pid), processes.cpu_seconds(peer.process.pid)
            peer.go()
            octets, seconds = peer.result()
            gigabytes = octets / 1e9
            measured.append({"rate": gigabytes / seconds, "seconds": seconds,
                             "cache_cpu": (processes.cpu_seconds(daemon.pid) - cache) / gigabytes,
                             "client_cpu": (processes.cpu_seconds(peer.process.pid) - client) / gigabytes})
        stored += octets >> 16
        processes.wait_until(lambda: daemon.metrics().get("peerdist_cache_blocks", 0) >= stored, STORED_SECONDS,
                             "all that was pulled is stored", daemon.process)
    processes.end(peer.process)
    daemon.stop()
    work.remove(name, name + "-peer")
    return measured[WARM_ROUNDS:]


def _mixed(work):
    """Serving at 32 connections while the same cache pulls, beside the same without pulls."""
    store, cache_bytes, content = serving.fill(work, "mixed", min(work.blocks, 4_000), 1)
    daemon = peerdist.hosted_cache(work.directory, store, cache_bytes + 4 * work.offered_bytes, serving.SERVER_CPU)
    target = BlockTarget(serving.OURS, daemon.process, daemon.ports["http"], content)
    target.warm()
    work.generator.run(target, MIXED_CONNECTIONS, work.warm_seconds)
    peer = _Peer(work, "mixed-peer", 2, daemon.ports["http"], 2, cpu=1)
    peer.go()
    peer.result()  # both programs have pulled before
    target.check()
    alone = work.generator.run(target, MIXED_CONNECTIONS, work.round_seconds)
    peer.go()
    during = work.generator.run(target, MIXED_CONNECTIONS, work.round_seconds)
    octets, seconds = peer.result()
    target.check()
    processes.end(peer.process)
    daemon.stop()
    table = Table(f"Serving while pulling, {MIXED_CONNECTIONS} connections",
                  ["load", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "pulled GB/s", "errors"])
    for name, measured, pulled in (("serving alone", alone, None),
                                   ("serving and pulling", during, octets / seconds / 1e9)):
        table.add(name, figures.text(measured.rate, 0), figures.millis(measured.p50), figures.millis(measured.p99),
                  figures.millis(measured.p999), figures.text(pulled, 2), measured.failures or "none")
    table.notes.append("the cache has one processor; wrk and the client that offers share the other")
    return table, {"alone": alone.rate, "during": during.rate, "p99_alone": alone.p99, "p99_during": during.p99,
                   "pulled": octets / seconds / 1e9}
