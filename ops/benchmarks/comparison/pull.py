# SPDX-License-Identifier: Apache-2.0
"""Offers: how fast a hosted cache pulls what a client offers, and how it serves meanwhile."""

import subprocess

from . import figures, peerdist, processes, serving
from .tables import Table
from .targets import BlockTarget

STORE_SPARE_BYTES = 1 << 30
STORED_SECONDS = 10
MIXED_CONNECTIONS = 32


class _Peer:
    """Offers blocks to a hosted cache, once told to; see OfferingPeer."""

    def __init__(self, work, name, version, blocks, port, cpu=None):
        store = work.subdirectory(name)
        command = peerdist.java("load.OfferingPeer", store, blocks * (80 << 10) + STORE_SPARE_BYTES, version, blocks,
                                work.seed + blocks + version, port, options=("-Xmx512m",))
        self.process = processes.start(command, work.directory, name, cpu, stdout=subprocess.PIPE,
                                       stdin=subprocess.PIPE)
        self._line("prepared")

    def _line(self, expected=None):
        line = self.process.stdout.readline().decode().strip()
        if not line or (expected and line != expected):
            raise processes.Failure(f"the offering client said {line!r}, see its log")
        return line

    def go(self):
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()

    def result(self):
        """Octets of content, seconds from the first offer until the last block was served, processor seconds so far."""
        octets, seconds = self._line().split()
        used = processes.cpu_seconds(self.process.pid)
        processes.end(self.process)
        return int(octets), float(seconds), used


def measure(work):
    table = Table("Pulling what a client offers", ["what", "GB/s", "seconds", "cache CPU s/GB", "client CPU s/GB"])
    values = []
    for version in (2, 1):
        rounds = [_pull(work, version, number) for number in range(3)]
        row = {name: figures.median([one[name] for one in rounds]) for name in rounds[0]}
        row["version"] = version
        values.append(row)
        table.add(f"version {version}" + (", decrypted and verified" if version == 1 else ", stored as it is"),
                  figures.text(row["rate"], 2), figures.text(row["seconds"], 2), figures.text(row["cache_cpu"], 2),
                  figures.text(row["client_cpu"], 2))
        work.say(f"pull, version {version}: {row['rate']:.2f} GB/s")
    table.notes.append("one client on loopback offers everything it has; both processors are shared by it and the cache; "
                       "median of 3, each into an empty store; seconds to the last block served, and all are stored then")
    mixed, mixed_values = _mixed(work)
    return [table, mixed], {"pull": values, "mixed": mixed_values}


def _cache(work, data, version, cache_bytes, cpu=None):
    extra = ["--https-port", "0"] if version == 1 else []
    return peerdist.hosted_cache(work.directory, data, cache_bytes, cpu, extra)


def _pull(work, version, number):
    name = f"pull-{version}-{number}"
    daemon = _cache(work, work.path(name), version, work.file_bytes + STORE_SPARE_BYTES, None)
    peer = _Peer(work, name + "-peer", version, work.file_bytes >> 16,
                 daemon.ports["https" if version == 1 else "http"])
    cache, client = processes.cpu_seconds(daemon.pid), processes.cpu_seconds(peer.process.pid)
    with work.shared.measuring():
        peer.go()
        octets, seconds, client_used = peer.result()
        cache_used = processes.cpu_seconds(daemon.pid) - cache
    processes.wait_until(lambda: daemon.metrics().get("peerdist_cache_blocks", 0) >= octets >> 16, STORED_SECONDS,
                         "all that was pulled is stored", daemon.process)
    daemon.stop()
    work.remove(name, name + "-peer")
    gigabytes = octets / 1e9
    return {"rate": gigabytes / seconds, "seconds": seconds, "cache_cpu": cache_used / gigabytes,
            "client_cpu": (client_used - client) / gigabytes}


def _mixed(work):
    """Serving at 32 connections while the same cache pulls, beside the same without pulls."""
    store, cache_bytes, content = serving.fill(work, "mixed", min(work.blocks, 4_000), 1)
    daemon = peerdist.hosted_cache(work.directory, store, cache_bytes + work.file_bytes, serving.SERVER_CPU)
    target = BlockTarget(serving.OURS, daemon.process, daemon.ports["http"], content)
    target.warm()
    work.generator.run(target, MIXED_CONNECTIONS, work.warm_seconds)
    peer = _Peer(work, "mixed-peer", 2, work.file_bytes >> 16, daemon.ports["http"], 1)
    target.check()
    alone = work.generator.run(target, MIXED_CONNECTIONS, work.round_seconds)
    peer.go()
    during = work.generator.run(target, MIXED_CONNECTIONS, work.round_seconds)
    octets, seconds, _ = peer.result()
    target.check()
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
