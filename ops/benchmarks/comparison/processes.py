# SPDX-License-Identifier: Apache-2.0
"""Starts programs, looks at what they take in /proc, and ends every one of them by its process id."""

import os
import resource
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass

TICKS = os.sysconf("SC_CLK_TCK")
OPEN_FILES = 65_536
END_SECONDS = 10

_running = []


class Failure(Exception):
    """What went wrong, in a sentence."""


def _prepare():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def start(command, directory, name, cpu=None, stdout=None, stdin=subprocess.DEVNULL):
    """Starts command in a process group of its own, on processor cpu if one is named; its log is DIRECTORY/NAME.log."""
    pinned = (["taskset", "-c", str(cpu)] if cpu is not None else []) + [str(part) for part in command]
    with open(os.path.join(directory, name + ".log"), "ab") as log:
        process = subprocess.Popen(
            pinned, cwd=directory, stdin=stdin, stdout=stdout or log, stderr=log, start_new_session=True,
            preexec_fn=_prepare)
    _running.append(process)
    return process


def end(process, patience=END_SECONDS):
    """Asks the process to end; what is left of its group after that is killed."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)  # the group that start() made, and nobody else's
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    if process in _running:
        _running.remove(process)


def end_all():
    for process in reversed(list(_running)):
        end(process, patience=3)


def run(command, limit=600, **options):
    """Runs command to its end and returns its standard output; a failure names what it said last."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=limit,
                          stdin=subprocess.DEVNULL, check=False, **options)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise Failure(f"{command[0]} ended with {done.returncode}: {' / '.join(last)}")
    return done.stdout


@dataclass
class Used:
    """What one program took from start to end, its children with it."""

    output: str
    seconds: float
    cpu_seconds: float
    resident_bytes: int


def run_measured(command, **options):
    """Runs command to its end and tells what it took."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begun = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=errors, start_new_session=True, **options)
        _running.append(process)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        _running.remove(process)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise Failure(f"{command[0]} ended with {process.returncode}: {errors.read().strip()[-300:]}")
        return Used(output.read(), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def tree(pid):
    """pid and all its descendants."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = stat_fields(entry)
            if fields:
                parents.setdefault(int(fields[1]), []).append(int(entry))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting.extend(parents.get(one, []))
    return found


def stat_fields(pid):
    """The fields of /proc/PID/stat behind the name, state first; None once the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None


def cpu_seconds(pid):
    """User and system time of pid and its descendants so far."""
    total = 0
    for one in tree(pid):
        fields = stat_fields(one)
        if fields:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_bytes(pid):
    """The resident size of the largest process of the tree: the one that serves."""
    return max((_status(f"/proc/{one}/status").get("VmRSS", 0) * 1024 for one in tree(pid)), default=0)


def voluntary_switches(pid):
    """How often the threads of pid went to sleep and were woken so far, by the name of the thread."""
    switches = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        fields = _status(f"/proc/{pid}/task/{task}/status")
        if fields:
            name = fields.get("Name", task)
            switches[name] = switches.get(name, 0) + fields.get("voluntary_ctxt_switches", 0)
    return switches


def _status(path):
    fields = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _, value = line.partition(":")
                first = value.split()[0] if value.split() else ""
                fields[key] = int(first) if first.isdigit() else value.strip()
    except OSError:
        return {}
    return fields


def wait_until(holds, seconds, what, process=None):
    """Polls until holds() is true; says what did not happen otherwise."""
    deadline = time.monotonic() + seconds
    while not holds():
        if process is not None and process.poll() is not None:
            raise Failure(f"{what}: the program ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.02)
