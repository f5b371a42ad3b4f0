# SPDX-License-Identifier: Apache-2.0
"""One large file: peerdist get from a hosted cache that has it, beside curl from nginx."""

import os

from . import figures, peerdist, peers, processes
from .tables import Table

ROUNDS = 3
PIECE_BYTES = 1 << 20


def random_file(path, octets):
    with open(path, "wb") as file:
        for _ in range(octets // PIECE_BYTES):
            file.write(os.urandom(PIECE_BYTES))


def same_bytes(one, other):
    """Whether two files hold the same."""
    with open(one, "rb") as first, open(other, "rb") as second:
        while True:
            piece = first.read(PIECE_BYTES)
            if piece != second.read(PIECE_BYTES):
                return False
            if not piece:
                return True


class _Files:
    """A content server with the file, and an empty hosted cache."""

    def __init__(self, work):
        self.work = work
        self.root = work.subdirectory("get-root")
        self.file = os.path.join(self.root, "content")
        random_file(self.file, work.file_bytes)
        self.server = peerdist.content_server(work.directory, self.root, work.path("get-content-server"))
        self.cache = peerdist.hosted_cache(work.directory, work.path("get-hosted-cache"), 4 * work.file_bytes)
        self.output = work.path("get-output")

    def get(self, version, data, *extra):
        """Returns the summary, and what the whole command took."""
        command = [peerdist.LAUNCHER, "get",
                   f"http://127.0.0.1:{self.server.ports['http']}/content", "-o", self.output,
                   "--content-version", str(version), "--data-dir", self.work.path(data), "--bind", "127.0.0.1",
                   "--hosted-cache", f"127.0.0.1:{self.cache.ports['http']}", "--json", "--log-level", "error", *extra]
        used = processes.run_measured(command, cwd=self.work.directory)
        return peerdist.summary(used.output), used

    def fill(self, version):
        """Gets until the hosted cache has all of it."""
        for attempt in range(4):
            data = f"get-fill-{version}-{attempt}"
            summary, _ = self.get(version, data)
            self.work.remove(data)
            if elsewhere(summary) == 0:
                return
        raise processes.Failure(f"the hosted cache lacks some of the file still: {summary.get('bytesBySource')}")

    def stop(self):
        self.server.stop()
        self.cache.stop()


def elsewhere(summary):
    """Octets that came from neither the hosted cache nor as hashes."""
    sources = summary["bytesBySource"]
    return sum(octets for name, octets in sources.items()
               if name not in ("hostedCache", "contentInformation"))


def measure(work):
    files = _Files(work)
    rows = []
    for version in (1, 2):
        work.say(f"get: filling the hosted cache, version {version}")
        files.fill(version)
        rounds = [_timed_get(work, files, version, number) for number in range(ROUNDS)]
        rows.append((f"peerdist get, version {version}", rounds))
    files.stop()
    if peers.missing("nginx") or peers.missing("curl"):
        absent = [message for message in map(peers.missing, ("nginx", "curl")) if message]
    else:
        absent = []
        rows.append(("curl from nginx", _timed_curl(work, files)))
    table = Table(f"A file of {figures.mebibytes(work.file_bytes)} from a warm cache",
                  ["client", "GB/s", "seconds", "client CPU s/GB", "server CPU s/GB", "client RSS"])
    values = []
    gigabytes = work.file_bytes / 1e9
    for name, rounds in rows:
        seconds = figures.median([one["seconds"] for one in rounds])
        value = {"client": name, "gigabytes_per_second": gigabytes / seconds, "seconds": seconds,
                 "client_cpu": figures.median([one["client"] for one in rounds]) / gigabytes,
                 "server_cpu": figures.median([one["server"] for one in rounds]) / gigabytes,
                 "resident": max(one["resident"] for one in rounds)}
        values.append(value)
        table.add(name, figures.text(value["gigabytes_per_second"], 2), figures.text(seconds, 2),
                  figures.text(value["client_cpu"], 2), figures.text(value["server_cpu"], 2),
                  figures.mebibytes(value["resident"]))
    table.notes.append(f"the whole command, with the start of Java; median of {ROUNDS}, each with an empty data directory; "
                       "both processors are shared by client and servers; the file is compared afterwards")
    table.notes += absent
    return [table], {"get": values}


def _timed_get(work, files, version, number):
    os.sync()  # what filling wrote is not to be written during the measurement
    servers = (files.cache.pid, files.server.pid)
    with work.shared.measuring():
        before = sum(map(processes.cpu_seconds, servers))
        summary, used = files.get(version, f"get-{version}-{number}")
        served = sum(map(processes.cpu_seconds, servers)) - before
    if not same_bytes(files.file, files.output):
        raise processes.Failure(f"peerdist get, version {version}: other bytes than the file's")
    if elsewhere(summary):
        raise processes.Failure(f"peerdist get, version {version}: not all from the cache: {summary['bytesBySource']}")
    work.remove(f"get-{version}-{number}")
    work.say(f"get, version {version}: {used.seconds:.2f} s")
    return {"seconds": used.seconds, "server": served, "resident": used.resident_bytes, "client": used.cpu_seconds}


def _timed_curl(work, files):
    nginx, _ = peers.start_nginx(work.subdirectory("get-nginx"), _Single(files.root), None)
    rounds = []
    for _ in range(ROUNDS):
        os.sync()
        with work.shared.measuring():
            before = processes.cpu_seconds(nginx.pid)
            used = processes.run_measured(["curl", "-s", "-o", files.output, f"{nginx.url}/content"],
                                          cwd=work.directory)
            served = processes.cpu_seconds(nginx.pid) - before
        rounds.append({"seconds": used.seconds, "client": used.cpu_seconds, "resident": used.resident_bytes,
                       "server": served})
        if not same_bytes(files.file, files.output):
            raise processes.Failure("curl: other bytes than the file's")
    processes.end(nginx.process)
    return rounds


class _Single:
    """What start_nginx has to know of a directory."""

    def __init__(self, root):
        self.answers = root
        self.count = 1
