# SPDX-License-Identifier: Apache-2.0
"""Blocks and files out of the page cache or memory: ours beside nginx, Squid and Varnish, one processor each."""

import os
import signal
import time

from . import figures, peerdist, peers, processes
from .tables import Table
from .targets import BlockTarget, Content

CONNECTIONS = (1, 16, 32, 256, 1024)
REFERENCE = "nginx"
OURS = "hosted cache"
LONG_SEGMENT_BLOCKS = 512
CACHE_SPARE_BYTES = 1 << 30
SERVER_CPU = 0


def fill(work, name, blocks, per_segment, answers=True):
    """A store as a hosted cache leaves it, made while no daemon runs."""
    store, requests = work.path(name), work.path(name + "-requests")
    folder = work.path(name + "-answers") if answers else None
    os.makedirs(store, exist_ok=True)
    if folder:
        os.makedirs(folder, exist_ok=True)
    cache_bytes = blocks * (64 << 10) + CACHE_SPARE_BYTES
    processes.run(peerdist.java("load.StoreFiller", store, cache_bytes, blocks, per_segment, work.seed, requests,
                                *([folder] if folder else [])))
    content = Content(blocks, requests, os.path.getsize(requests) // blocks, folder)
    return store, cache_bytes, content


def _start(work):
    """All servers of the comparison, warm. Returns them and what is missing."""
    store, cache_bytes, content = fill(work, "blocks", work.blocks, 1)
    daemon = peerdist.hosted_cache(work.directory, store, cache_bytes, SERVER_CPU)
    targets = [BlockTarget(OURS, daemon.process, daemon.ports["http"], content)]
    absent = []
    if peers.missing("nginx"):
        # The caches get the files from nginx.
        return targets, [message for message in map(peers.missing, ("nginx", "squid", "varnishd")) if message]
    nginx, origin = peers.start_nginx(work.subdirectory("nginx"), content, SERVER_CPU)
    targets.append(nginx)
    for program, begin in (("squid", peers.start_squid), ("varnishd", peers.start_varnish)):
        if peers.missing(program):
            absent.append(peers.missing(program))
        else:
            targets.append(begin(work.subdirectory(program), content, SERVER_CPU, origin))
    for target in targets:
        work.say(f"{target.name}: asking once for everything")
        target.warm()
    return targets, absent


def measure(work):
    """Rounds in turn, so that what else the machine does falls on all alike. Returns tables and figures."""
    targets, absent = _start(work)
    for target in targets:
        # Java compiles what is busy; the others get the same.
        work.generator.run(target, 32, work.warm_seconds)
    rounds = {}
    for connections in work.connections(CONNECTIONS):
        for number in range(work.rounds):
            for target in targets:
                target.check()
                measured = work.generator.run(target, connections, work.round_seconds)
                measured.resident_bytes = processes.resident_bytes(target.pid)
                rounds.setdefault((connections, target.name), []).append(measured)
                work.say(f"{connections} connections, round {number + 1}: {target.name} {measured.rate:,.0f}/s"
                         + (f", errors {measured.errors}" if measured.errors else ""))
    for target in targets:
        target.check()
    table, values = _table(work, targets, rounds, absent)
    calls, call_values = system_calls(work, targets)
    for target in targets:
        processes.end(target.process)
    return [table, calls], {"serving": values, "system_calls": call_values}


def _table(work, targets, rounds, absent):
    content = targets[0].content
    table = Table(
        f"Serving: {content.count:,} answers of {content.answer_bytes:,} bytes, at random",
        ["connections, server", "requests/s", "of nginx", "GB/s", "p50 ms", "p99 ms", "p99.9 ms", "p99 of nginx",
         "CPU s/GB", "server busy", "wrk busy", "RSS", "spread", "errors"])
    values = []
    for (connections, name), measured in rounds.items():
        row = summarize(measured, content.answer_bytes)
        reference = rounds.get((connections, REFERENCE))
        row.update(connections=connections, server=name,
                   of_nginx=figures.median_ratio([one.rate for one in measured],
                                                 [one.rate for one in reference or []]),
                   p99_of_nginx=figures.median_ratio([one.p99 for one in measured],
                                                     [one.p99 for one in reference or []]))
        values.append(row)
        table.add(f"{connections:,} {name}", figures.text(row["rate"], 0), figures.text(row["of_nginx"], 2),
                  figures.text(row["gigabytes"], 2), figures.millis(row["p50"]), figures.millis(row["p99"]),
                  figures.millis(row["p999"]), figures.text(row["p99_of_nginx"], 2),
                  figures.text(row["cpu_per_gigabyte"], 2), figures.percent(row["server_busy"]),
                  figures.percent(row["wrk_busy"]), figures.mebibytes(row["resident"]), figures.percent(row["spread"]),
                  "none" if not row["errors"] else f"{row['errors']:,} !")
    table.notes.append(f"medians of {work.rounds} rounds of {work.round_seconds} s in turn; spread is half the distance "
                       "between the best and the worst round")
    table.notes.append("ratios are those within a round, and the median of them; the rounds of a moment are neighbours")
    table.notes.append("where wrk is busy and the server is not, wrk is the limit: then CPU s/GB compares the servers")
    table.notes += absent
    return table, values


def summarize(measured, answer_bytes):
    """Medians over the rounds, and all errors."""
    gigabytes = [one.rate * answer_bytes / 1e9 for one in measured]
    per_gigabyte = [one.cpu_seconds / (one.requests * answer_bytes / 1e9) if one.requests else None
                    for one in measured]
    return {
        "rate": figures.median([one.rate for one in measured]),
        "gigabytes": figures.median(gigabytes),
        "p50": figures.median([one.p50 for one in measured]),
        "p99": figures.median([one.p99 for one in measured]),
        "p999": figures.median([one.p999 for one in measured]),
        "cpu_per_gigabyte": figures.median(per_gigabyte),
        "server_busy": figures.median([one.cpu_seconds / one.seconds for one in measured]),
        "wrk_busy": figures.median([one.generator_seconds / one.seconds for one in measured]),
        "resident": max(one.resident_bytes for one in measured),
        "spread": figures.spread([one.rate for one in measured]),
        "errors": sum(one.failures for one in measured),
    }


def system_calls(work, targets):
    """Counted under strace, which slows everything down: so never in the same run as the times."""
    table = Table("System calls for one request, 32 connections", ["server", "all", "the most frequent"])
    values = []
    if peers.missing("strace"):
        table.notes.append(peers.missing("strace"))
        return table, values
    for target in targets:
        if target.name not in (OURS, REFERENCE):
            continue
        output = work.path(f"strace-{target.port}")
        tracers = [processes.start(["strace", "-c", "-f", "-o", f"{output}-{pid}", "-p", pid], work.directory, "strace")
                   for pid in processes.tree(target.pid)]
        time.sleep(1)
        measured = work.generator.run(target, 32, 2)
        for tracer in tracers:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(20)
        counts = {}
        for pid in processes.tree(target.pid):
            with open(f"{output}-{pid}", encoding="utf-8") as file:
                for name, calls in parse_strace(file.read()).items():
                    counts[name] = counts.get(name, 0) + calls
        each = {name: calls / measured.requests for name, calls in counts.items()} if measured.requests else {}
        most = sorted(each.items(), key=lambda entry: -entry[1])[:6]
        table.add(target.name, figures.text(sum(each.values()), 2),
                  ", ".join(f"{name} {calls:.2f}" for name, calls in most))
        values.append({"server": target.name, "calls": each})
    return table, values


def parse_strace(text):
    """Calls by name out of the table that strace -c writes."""
    counts = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) >= 5 and fields[3].isdigit() and fields[-1] != "total":
            counts[fields[-1]] = int(fields[3])
    return counts
