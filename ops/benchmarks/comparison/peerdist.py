# SPDX-License-Identifier: Apache-2.0
"""Our own programs, started as users start them: through ops/peerdist."""

import json
import os
import re
import select
import subprocess
import time
import urllib.request

from . import processes

HERE = os.path.dirname(os.path.abspath(__file__))
BENCHMARKS = os.path.dirname(HERE)
ROOT = os.path.dirname(os.path.dirname(BENCHMARKS))
LAUNCHER = os.path.join(ROOT, "ops", "peerdist")
READY_SECONDS = 60
READY = re.compile(r"(\w+)=\S*?:(\d+)(?=\s|$)")


def build():
    """Everything that is missing: the benchmark module, and what the launcher starts."""
    subprocess.run([os.path.join(BENCHMARKS, "build")], check=True)
    subprocess.run([LAUNCHER, "--version"], check=True, stdout=subprocess.DEVNULL)


def java(main_class, *arguments, options=()):
    """The command that runs a class of the benchmark module."""
    home = os.environ.get("JAVA_HOME")
    target = os.path.join(BENCHMARKS, "target")
    return [os.path.join(home, "bin", "java") if home else "java", "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED", *options,
            "-cp", os.path.join(target, "peerdist-benchmarks.jar") + ":" + os.path.join(target, "lib", "*"),
            "io.peerdist.benchmarks." + main_class, *[str(argument) for argument in arguments]]


def ready_ports(line):
    """The ports by name in "ready http=127.0.0.1:8080 management=[::1]:9080"; None for any other line."""
    if not line.startswith("ready"):
        return None
    return {name: int(port) for name, port in READY.findall(line)}


class Daemon:
    """A daemon of ours: its process, its ports, how long it took until it was ready."""

    def __init__(self, arguments, directory, name, cpu=None):
        started = time.monotonic()
        self.process = processes.start([LAUNCHER, *arguments], directory, name, cpu, stdout=subprocess.PIPE)
        self.ports = self._await_ready(name, started + READY_SECONDS)
        self.ready_seconds = time.monotonic() - started

    @property
    def pid(self):
        return self.process.pid

    def _await_ready(self, name, deadline):
        while True:
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not readable:
                raise processes.Failure(f"{name}: not ready within {READY_SECONDS} s")
            line = self.process.stdout.readline().decode()
            if not line:
                raise processes.Failure(f"{name}: ended with {self.process.wait()} before it was ready")
            ports = ready_ports(line)
            if ports is not None:
                return ports

    def metrics(self):
        """The figures of /metrics, with their labels as they stand there."""
        url = f"http://127.0.0.1:{self.ports['management']}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return parse_metrics(answer.read().decode())

    def post(self, route):
        """Has the daemon do something through its management port."""
        url = f"http://127.0.0.1:{self.ports['management']}/api/v1/{route}"
        with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=60) as answer:
            answer.read()

    def downloaded(self, source):
        """Bytes of files that an agent has had from a source so far."""
        return self.metrics().get(f'peerdist_download_bytes_total{{source="{source}"}}', 0.0)

    def stop(self):
        processes.end(self.process)


def parse_metrics(text):
    figures = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            try:
                figures[name] = float(value)
            except ValueError:
                continue
    return figures


def hosted_cache(directory, data, cache_bytes, cpu=None, extra=()):
    return Daemon(["hosted-cache", "run", "--data-dir", data, "--http-port", "0", "--bind", "127.0.0.1",
                   "--management-port", "0", "--cache-size", str(cache_bytes), "--log-level", "warn", *extra],
                  directory, os.path.basename(data), cpu)


def content_server(directory, root, data, cpu=None, extra=()):
    return Daemon(["content-server", "run", "--root", root, "--data-dir", data, "--http-port", "0",
                   "--bind", "127.0.0.1", "--management-port", "0", "--log-level", "warn", *extra],
                  directory, os.path.basename(data), cpu)


def agent(directory, data, cpu=None, extra=(), address="127.0.0.1"):
    return Daemon(["agent", "run", "--data-dir", data, "--bind", address, "--management-port", "0",
                   "--retrieval-port", "0", "--log-level", "warn", *extra],
                  directory, os.path.basename(data), cpu)


def content_version(path, version):
    """A configuration file for agents whose proxy asks for content information of this version at most; returns its path."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"agent:\n  proxy:\n    content-version: {version}\n")
    return path


def summary(output):
    """The JSON object that get --json prints last."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        raise processes.Failure("peerdist get printed no summary")
    return json.loads(lines[-1])
