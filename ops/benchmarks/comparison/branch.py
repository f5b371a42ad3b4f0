# SPDX-License-Identifier: Apache-2.0
"""One large file from agents of the same subnet, one and four of them: by peerdist get, and through an agent that runs."""

import os
import shutil

from . import figures, peerdist, processes
from .get import ROUNDS, random_file, same_bytes
from .tables import Table

PEERS = 4
DISCOVERY_PORT = 13702
# Of every agent an address of its own, as on a subnet; probes go to each of them by name, so nothing is multicast.
ADDRESSES = [f"127.0.0.{host}" for host in range(2, 2 + PEERS)]


class _Branch:
    """A content server with the file, and agents that hold it."""

    def __init__(self, work, version):
        self.work = work
        self.version = version
        self.root = work.subdirectory(f"branch-root-{version}")
        self.file = os.path.join(self.root, "content")
        random_file(self.file, work.file_bytes)
        self.output = work.path("branch-output")
        self.server = peerdist.content_server(work.directory, self.root, work.path(f"branch-content-server-{version}"),
                                              extra=self._patience())
        seed = f"branch-seed-{version}"
        self.get(seed, "--mode", "local", "--cache-size", str(4 * work.file_bytes))
        self.agents = [self._agent(seed, address) for address in ADDRESSES]
        work.remove(seed)

    def _patience(self):
        """The content server makes its hashes before it answers, so that the first to ask can keep what it gets."""
        path = self.work.path(f"branch-{self.version}.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("content-server:\n  hash-wait: 1m\n")
        return ("--config", path)

    def _agent(self, seed, address):
        data = self.work.path(f"branch-{self.version}-{address}")
        shutil.copytree(self.work.path(seed), data)
        return peerdist.agent(self.work.directory, data, address=address, extra=(
            "--mode", "distributed", "--peer", f"127.0.0.1:{DISCOVERY_PORT}", "--discovery-port", str(DISCOVERY_PORT),
            "--cache-size", str(4 * self.work.file_bytes)))

    def get(self, data, *extra):
        """Returns the summary, and what the whole command took."""
        command = [peerdist.LAUNCHER, "get", f"http://127.0.0.1:{self.server.ports['http']}/content", "-o", self.output,
                   "--content-version", str(self.version), "--data-dir", self.work.path(data), "--bind", "127.0.0.1",
                   "--json", "--log-level", "error", *extra]
        used = processes.run_measured(command, cwd=self.work.directory)
        return peerdist.summary(used.output), used

    def timed(self, count, number):
        """One round with the first so many agents."""
        named = [part for address in ADDRESSES[:count] for part in ("--peer", f"{address}:{DISCOVERY_PORT}")]
        data = f"branch-{self.version}-{count}-{number}"
        os.sync()  # what was written before is not to be written during the measurement
        with self.work.shared.measuring():
            before = self._processor()
            summary, used = self.get(data, "--mode", "distributed", "--discovery-port", "0", *named)
            served = self._processor() - before
        if not same_bytes(self.file, self.output):
            raise processes.Failure(f"peerdist get from {count} peers, version {self.version}: other bytes than the file's")
        self.work.remove(data)
        self.work.say(f"branch, version {self.version}, {count} peers: {used.seconds:.2f} s, {summary['bytesBySource']}")
        return {"seconds": used.seconds, "server": served, "resident": used.resident_bytes, "client": used.cpu_seconds,
                "peer": summary["bytesBySource"]["peer"] / self.work.file_bytes}

    def through_agent(self, count):
        """Rounds through the proxy of an agent that runs and holds nothing, after others that do not count."""
        named = [part for address in ADDRESSES[:count] for part in ("--peer", f"{address}:{DISCOVERY_PORT}")]
        data = f"branch-{self.version}-{count}-running"
        agent = peerdist.agent(self.work.directory, self.work.path(data), extra=(
            "--config", peerdist.content_version(self.work.path("branch-agent.yaml"), self.version),
            "--mode", "distributed", "--discovery-port", "0", "--proxy-port", "0",
            "--cache-size", str(4 * self.work.file_bytes), *named))
        self._through(agent, self.output)
        if not same_bytes(self.file, self.output):
            raise processes.Failure("an agent's proxy: other bytes than the file's")
        rounds = [self._through(agent, "/dev/null") for _ in range(self.work.warm_rounds + self.work.rounds)]
        agent.stop()
        self.work.remove(data)
        return rounds[self.work.warm_rounds:]

    def _through(self, agent, output):
        agent.post("flush")
        before, served, used = agent.downloaded("peer"), self._processor(), processes.cpu_seconds(agent.pid)
        os.sync()
        with self.work.shared.measuring():
            curl = processes.run_measured(["curl", "-sSf", "-x", f"http://127.0.0.1:{agent.ports['proxy']}", "-o", output,
                                           f"http://127.0.0.1:{self.server.ports['http']}/content"])
        self.work.say(f"branch, through an agent: {curl.seconds:.2f} s")
        return {"seconds": curl.seconds, "server": self._processor() - served,
                "client": processes.cpu_seconds(agent.pid) - used + curl.cpu_seconds,
                "resident": processes.resident_bytes(agent.pid),
                "peer": (agent.downloaded("peer") - before) / self.work.file_bytes}

    def _processor(self):
        return sum(processes.cpu_seconds(each.pid) for each in (*self.agents, self.server))

    def stop(self):
        for each in (*self.agents, self.server):
            each.stop()


def measure(work):
    table = Table(f"A file of {figures.mebibytes(work.file_bytes)} from agents of the subnet",
                  ["from", "GB/s", "seconds", "from peers", "client CPU s/GB", "server CPU s/GB", "client RSS"])
    values = []

    def add(way, rounds):
        gigabytes = work.file_bytes / 1e9
        seconds = figures.median([one["seconds"] for one in rounds])
        value = {"way": way, "gigabytes_per_second": gigabytes / seconds, "seconds": seconds,
                 "from_peers": min(one["peer"] for one in rounds),
                 "client_cpu": figures.median([one["client"] for one in rounds]) / gigabytes,
                 "server_cpu": figures.median([one["server"] for one in rounds]) / gigabytes,
                 "resident": max(one["resident"] for one in rounds)}
        values.append(value)
        table.add(way, figures.text(value["gigabytes_per_second"], 2), figures.text(seconds, 2),
                  f"{100 * value['from_peers']:.2f} %", figures.text(value["client_cpu"], 2),
                  figures.text(value["server_cpu"], 2), figures.mebibytes(value["resident"]))

    for version in (1, 2):
        branch = _Branch(work, version)
        for count in (1, PEERS):
            peers = f"{count} peer{'s' if count > 1 else ''}, version {version}"
            add(peers, [branch.timed(count, number) for number in range(ROUNDS)])
            add(peers + ", agent that runs", branch.through_agent(count))
        branch.stop()
    table.notes.append(f"the whole command, with the start of Java and the search; median of {ROUNDS}, each with an empty data "
                       "directory, \"from peers\" the lowest; both processors are shared by client and peers")
    table.notes.append(f"agent that runs: curl through the proxy of one agent to /dev/null, median of {work.rounds} rounds after "
                       f"{1 + work.warm_rounds} that warm up; before each the agent was emptied; in the first, bytes are compared")
    return [table], {"branch": values}
