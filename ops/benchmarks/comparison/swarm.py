# SPDX-License-Identifier: Apache-2.0
"""A whole branch at once: many agents fetch the same file at the same moment through one hosted cache."""

import os
import subprocess

from . import figures, peerdist, processes
from .get import random_file
from .tables import Table

FILE_BYTES = 64 << 20
WARM_BYTES = 4 << 20
# What a good line to the headquarters brings; the slower it is, the less the rest matters.
LINE_BYTES_PER_SECOND = 50_000_000
AGENTS = 200
# All agents come from one address here; in a branch each has its own, and the usual quotas are enough. And as all of them share
# two processors, some are not heard of for longer than the ten seconds that leases usually last.
CACHE_SETTINGS = """hosted-cache:
  quotas:
    offers-per-minute: 1000000
  leases:
    time-to-live: 30s
    requests-per-minute: 1000000
    max-leases-per-client: 65536
"""
# An agent keeps what it fetched itself until the hosted cache has it; with all of the file in each, disks would be measured.
AGENT_CACHE_BYTES = 80 << 20


def _settings(work, name, text):
    path = work.path(name + ".yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return ("--config", path)


class _Swarm:
    """A content server, a hosted cache, and a process with all the agents."""

    def __init__(self, work, version, agents):
        self.work = work
        self.agents = agents
        name = f"swarm-{version}"
        self.root = work.subdirectory(name + "-root")
        random_file(os.path.join(self.root, "content"), FILE_BYTES)
        random_file(os.path.join(self.root, "warm"), WARM_BYTES)
        patience = _settings(work, name + "-origin", "content-server:\n  hash-wait: 1m\n")
        self.server = peerdist.content_server(work.directory, self.root, work.path(name + "-origin"), extra=patience)
        self.cache = peerdist.hosted_cache(work.directory, work.path(name + "-cache"), 1 << 30,
                                           extra=_settings(work, name, CACHE_SETTINGS))
        self.data = work.subdirectory(name + "-agents")
        command = peerdist.java("swarm.SwarmRun", self.data, agents, self.server.ports["http"], LINE_BYTES_PER_SECOND,
                                self.cache.ports["http"], version, AGENT_CACHE_BYTES,
                                options=("-Xmx5g", "-Xss256k", "-XX:ActiveProcessorCount=1"))
        # Cache and origin have machines of their own in a branch; here they come first.
        self.process = processes.start(["nice", "-n", "19", *command], work.directory, name, stdout=subprocess.PIPE,
                                       stdin=subprocess.PIPE)
        self._line("prepared")

    def _line(self, expected=None):
        line = self.process.stdout.readline().decode().strip()
        if not line or (expected and line != expected):
            raise processes.Failure(f"the agents said {line!r}, see their log")
        return line

    def run(self):
        os.sync()
        with self.work.shared.measuring():
            self.process.stdin.write(b"!")
            self.process.stdin.flush()
            agents = [self._line().split() for _ in range(self.agents)]
            line = int(self._line().split()[1])
        counters = self._line()
        leases = {name: value for name, value in self.cache.metrics().items() if "lease" in name and value}
        self.work.say(f"the hosted cache counted {leases}")
        self.work.say("all agents together counted " + counters)
        return {"seconds": sorted(float(agent[0]) for agent in agents), "line": line,
                "hashes": sum(int(agent[3]) for agent in agents)}

    def stop(self):
        self.process.stdin.close()
        for each in (self.cache, self.server):
            each.stop()
        processes.end(self.process)
        self.work.remove(os.path.basename(self.data))


def measure(work):
    agents = work.agents
    table = Table(f"{agents} agents fetch the same {figures.mebibytes(FILE_BYTES)} at once through one hosted cache",
                  ["content information", "origin sent", "with hashes", "min s", "median s", "p95 s", "max s"])
    values = []
    for version in (2, 1):
        swarm = _Swarm(work, version, agents)
        result = swarm.run()
        swarm.stop()
        seconds = result["seconds"]
        value = {"version": version, "agents": agents, "payload": (result["line"] - result["hashes"]) / FILE_BYTES,
                 "line": result["line"] / FILE_BYTES, "min": seconds[0], "median": figures.median(seconds),
                 "p95": seconds[int(0.95 * (len(seconds) - 1))], "max": seconds[-1]}
        values.append(value)
        table.add(f"version {version}", f"{value['payload']:.3f} times", f"{value['line']:.3f} times",
                  *(figures.text(value[name], 1) for name in ("min", "median", "p95", "max")))
        work.say(f"swarm, version {version}: {value['payload']:.3f} times, the last after {seconds[-1]:.1f} s")
    table.notes.append(f"a line of {LINE_BYTES_PER_SECOND // 1_000_000} MB/s to the origin; what came over it as a multiple of the "
                       "file, headers included, without and with the content information that each agent gets; all agents in one "
                       "process, each with a cache of its own, which shares both processors with hosted cache and origin")
    return [table], {"swarm": values}
