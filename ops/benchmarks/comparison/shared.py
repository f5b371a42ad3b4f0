# SPDX-License-Identifier: Apache-2.0
"""A machine that others use too: a command of theirs that makes room, held while something is measured."""

import contextlib
import shlex
import subprocess


class Shared:
    """The command is run with "cat" behind it: it makes room until that ends."""

    def __init__(self, command, directory):
        self.command = shlex.split(command)
        self.directory = directory

    @contextlib.contextmanager
    def measuring(self):
        if not self.command:
            yield
            return
        with subprocess.Popen([*self.command, "cat"], cwd=self.directory, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as holder:
            holder.stdin.write(b"\n")
            holder.stdin.flush()
            holder.stdout.readline()  # there is room now
            try:
                yield
            finally:
                holder.stdin.close()
