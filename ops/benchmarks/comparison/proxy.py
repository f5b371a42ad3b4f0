# SPDX-License-Identifier: Apache-2.0
"""Programs that go through the agent's HTTP proxy: large plain bodies and small ones beside Squid, and files it holds."""

import os
import socket
import time

from . import figures, peerdist, peers, processes
from .get import random_file
from .tables import Table
from .targets import Content

WARM_UPS = 3
SMALL_BYTES = 1024
SMALL_WARM_UPS = 2000
SMALL_TURNS = 20
SMALL_PER_TURN = 100
TIMEOUT_SECONDS = 30


class _Scene:
    """A plain server, a content server with the same file, Squid, and an agent with its proxy."""

    def __init__(self, work):
        self.work = work
        root = work.subdirectory("proxy-root")
        random_file(os.path.join(root, "content"), work.file_bytes)
        with open(os.path.join(root, "small"), "wb") as file:
            file.write(os.urandom(SMALL_BYTES))
        content = Content(2, "", 0, root)
        self.plain, _ = peers.start_nginx(work.directory, content, None)
        self.squid = peers.start_forward_squid(work.directory, content)
        self.server = peerdist.content_server(work.directory, root, work.path("proxy-content-server"), extra=self._patience())
        self.agents = {"agent": self._agent(2), "agent, version 1": self._agent(1)}
        self.proxies = {name: agent.ports["proxy"] for name, agent in self.agents.items()}
        self.proxies["Squid"] = self.squid.port
        self.pids = {"Squid": self.squid.pid, **{name: agent.pid for name, agent in self.agents.items()}}

    def _agent(self, version):
        return peerdist.agent(self.work.directory, self.work.path(f"proxy-agent-{version}"), extra=(
            "--config", peerdist.content_version(self.work.path(f"proxy-agent-{version}.yaml"), version),
            "--mode", "local", "--proxy-port", "0", "--cache-size", str(4 * self.work.file_bytes)))

    def _patience(self):
        """Hashes are there before the first answer, so that the agent keeps what it gets."""
        path = self.work.path("proxy.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("content-server:\n  hash-wait: 1m\n")
        return ("--config", path)

    def fetch(self, port, name):
        """One large body through a proxy, or directly."""
        through = ["-x", f"http://127.0.0.1:{self.proxies[name]}"] if name in self.proxies else []
        with self.work.shared.measuring():
            before = self.cpu(name)
            used = processes.run_measured(["curl", "-sSf", *through, "-o", "/dev/null", f"http://127.0.0.1:{port}/content"])
            return used.seconds, self.cpu(name) - before

    def fetched(self):
        return [sum(agent.downloaded(source) for agent in self.agents.values()) for source in ("local_cache", "origin")]

    def cpu(self, name):
        return processes.cpu_seconds(self.pids[name]) if name in self.pids else 0.0

    def stop(self):
        for each in (*self.agents.values(), self.server):
            each.stop()
        for each in (self.squid, self.plain):
            processes.end(each.process)


def measure(work):
    scene = _Scene(work)
    tables = [_bodies(work, scene), _small(work, scene)]
    scene.stop()
    return [table for table, _ in tables], {"proxy": [value for _, value in tables]}


def _bodies(work, scene):
    table = Table(f"A body of {figures.mebibytes(work.file_bytes)} through a proxy of this machine",
                  ["through", "GB/s", "to Squid", "seconds", "CPU s/GB of the proxy"])
    gigabytes = work.file_bytes / 1e9
    ways = {"nothing": ("nothing", scene.plain.port), "agent, plain": ("agent", scene.plain.port),
            "Squid, plain": ("Squid", scene.plain.port), "agent, local cache": ("agent", scene.server.ports["http"]),
            "agent, local cache, version 1": ("agent, version 1", scene.server.ports["http"])}
    for name, port in ways.values():
        for _ in range(WARM_UPS):
            scene.fetch(port, name)
    fetched = scene.fetched()
    rounds = {way: [] for way in ways}
    for _ in range(work.rounds):
        for way, (name, port) in ways.items():
            rounds[way].append(scene.fetch(port, name))
            work.say(f"proxy, {way}: {rounds[way][-1][0]:.2f} s")
    _require_local(fetched, scene.fetched(), work)
    values = {}
    for way, taken in rounds.items():
        seconds = figures.median([one for one, _ in taken])
        cpu = figures.median([one for _, one in taken]) / gigabytes
        # Of times: the quicker the larger.
        ratio = figures.median_ratio([one for one, _ in rounds["Squid, plain"]], [one for one, _ in taken])
        values[way] = {"gigabytes_per_second": gigabytes / seconds, "to_squid": ratio, "cpu": cpu}
        table.add(way, figures.text(gigabytes / seconds, 2), figures.text(ratio, 2), figures.text(seconds, 2),
                  "-" if way == "nothing" else figures.text(cpu, 2))
    table.notes.append(f"curl to /dev/null, median of {work.rounds} rounds after {WARM_UPS} that warm up; both processors are shared "
                       "by all; the plain server is nginx, Squid keeps nothing")
    return table, values


def _require_local(before, after, work):
    """The rounds of the local cache must have been just that."""
    local, origin = (later - earlier for later, earlier in zip(after, before))
    if local < 2 * work.rounds * work.file_bytes or origin > 0:
        raise processes.Failure(f"of the file {local:.0f} bytes came from the local cache, and {origin:.0f} from the origin")


class _Connection:
    """One connection that is kept, with as little of Python in the way as can be."""

    def __init__(self, port, target, host):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()

    def seconds(self):
        begun = time.perf_counter()
        self.socket.sendall(self.request)
        received = self.socket.recv(65536)
        while b"\r\n\r\n" not in received or len(received) - received.index(b"\r\n\r\n") - 4 < SMALL_BYTES:
            more = self.socket.recv(65536)
            if not more:
                raise processes.Failure(f"a connection ended after {received[:100]!r}")
            received += more
        taken = time.perf_counter() - begun
        if not received.startswith(b"HTTP/1.1 200 "):
            raise processes.Failure(f"an answer begins with {received[:100]!r}")
        return taken


def _small(work, scene):
    table = Table(f"A GET of {SMALL_BYTES} bytes that nobody keeps, through a proxy of this machine",
                  ["through", "median ms", "added ms"])
    host = f"127.0.0.1:{scene.plain.port}"
    connections = {"nothing": _Connection(scene.plain.port, "/small", host)}
    for name in ("agent", "Squid"):
        connections[name] = _Connection(scene.proxies[name], f"http://{host}/small", host)
    taken = {name: [] for name in connections}
    with work.shared.measuring():
        for connection in connections.values():
            for _ in range(SMALL_WARM_UPS):
                connection.seconds()
        for _ in range(SMALL_TURNS):
            for name, connection in connections.items():
                taken[name].extend(connection.seconds() for _ in range(SMALL_PER_TURN))
    medians = {name: figures.median(seconds) for name, seconds in taken.items()}
    for name, median in medians.items():
        added = None if name == "nothing" else figures.millis(1e6 * (median - medians["nothing"]))
        table.add(name, figures.millis(1e6 * median), added or "-")
    table.notes.append(f"one connection that is kept, {SMALL_TURNS * SMALL_PER_TURN} requests each in turns of {SMALL_PER_TURN}, "
                       f"after {SMALL_WARM_UPS} that warm up; the server is nginx")
    for connection in connections.values():
        connection.socket.close()
    return table, {"small_seconds": medians}
