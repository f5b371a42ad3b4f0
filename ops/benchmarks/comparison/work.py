# SPDX-License-Identifier: Apache-2.0
"""What a run works with: a directory of its own, and how much is to be done."""

import os
import shutil
import sys
import tempfile
import time

from .shared import Shared
from .wrk import Generator

GENERATOR_CPU = 1


class Work:
    """The numbers of a quick and of a whole run, in one place."""

    def __init__(self, arguments):
        self.quick = arguments.quick
        self.blocks = arguments.blocks or (4_000 if self.quick else 16_000)
        self.rounds = arguments.rounds or (3 if self.quick else 5)
        self.round_seconds = arguments.seconds or (2 if self.quick else 5)
        self.warm_seconds = 5 if self.quick else 10
        # The Java machine compiles the last of what is asked of an agent after some gigabytes.
        self.warm_rounds = 3 if self.quick else 12
        self.speed_seconds = 1 if self.quick else 3
        self.file_bytes = (256 << 20) if self.quick else (1 << 30)
        self.offered_bytes = (128 << 20) if self.quick else (512 << 20)
        self.store_bytes = (1 << 30) if self.quick else (4 << 30)
        self.sync_bytes = 64 << 20  # what sync-size is unless it is set
        self.pause_seconds = 8 if self.quick else 20
        self.agents = arguments.agents or (50 if self.quick else 200)
        self.seed = 20_261_123
        self.only_connections = arguments.connections
        self.scale = arguments.scale
        self.directory = tempfile.mkdtemp(prefix="peerdist-benchmark-", dir=arguments.directory)
        os.chmod(self.directory, 0o755)  # Squid serves as another user
        self.shared = Shared(arguments.under, self.directory)
        self.generator = Generator(self.directory, GENERATOR_CPU, self.shared)
        self._started = time.monotonic()

    def connections(self, all_of_them):
        return [self.only_connections] if self.only_connections else all_of_them

    def path(self, name):
        return os.path.join(self.directory, name)

    def subdirectory(self, name):
        os.makedirs(self.path(name), exist_ok=True)
        return self.path(name)

    def say(self, sentence):
        """Progress, beside the tables."""
        print(f"[{time.monotonic() - self._started:5.0f} s] {sentence}", file=sys.stderr, flush=True)

    def remove(self, *names):
        for name in names:
            shutil.rmtree(self.path(name), ignore_errors=True)

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)
