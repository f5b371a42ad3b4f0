# SPDX-License-Identifier: Apache-2.0
"""The command line."""

import argparse
import json
import os
import signal
import sys

from . import branch, document, get, hashing, idle, pauses, peerdist, peers, processes, proxy, pull, serving, swarm, trace
from .work import Work

PARTS = {"serving": serving.measure, "hashing": hashing.measure, "get": get.measure, "branch": branch.measure,
         "swarm": swarm.measure,
         "proxy": proxy.measure, "pull": pull.measure, "idle": idle.measure, "pauses": pauses.measure,
         "trace": trace.measure}
NEEDED = {"serving": ("wrk", "taskset"), "hashing": ("openssl", "taskset"), "proxy": ("curl", "nginx", "squid"),
          "pull": ("wrk", "taskset")}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="ops/benchmarks/run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything: under ten minutes in all")
    parser.add_argument("--only", choices=sorted(PARTS), action="append", help="this part; may be given several times")
    parser.add_argument("--under", default="", metavar="COMMAND",
                        help="run every timed measurement under this command, for machines that are shared")
    parser.add_argument("--blocks", type=int, help="how many blocks and files are served")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int, help="of each round")
    parser.add_argument("--agents", type=int, help="how many fetch at once in the part swarm")
    parser.add_argument("--connections", type=int, help="only with so many connections")
    parser.add_argument("--scale", action="store_true", help="also the trace over 20 million segments: takes long")
    parser.add_argument("--update-doc", action="store_true", help="put the tables into ops/docs/performance.md")
    parser.add_argument("--directory", metavar="DIR", help="where the temporary directory is made")
    return parser.parse_args(arguments)


def shown(arguments):
    """The options as they stand in the document: without those that say how, not what."""
    kept, skip = [], False
    for argument in arguments:
        if skip or argument == "--update-doc" or argument.startswith(("--under=", "--directory=")):
            skip = False
        elif argument in ("--under", "--directory"):
            skip = True
        else:
            kept.append(argument)
    return kept


def _stop(number, _frame):
    raise KeyboardInterrupt(f"signal {number}")


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, _stop)
    peerdist.build()
    work = Work(options)
    results, tables, failed = {}, {}, False
    try:
        for part in options.only or PARTS:
            absent = [message for message in map(peers.missing, NEEDED.get(part, ())) if message]
            if absent:
                print(f"{part}: left out; " + "; ".join(absent))
                continue
            try:
                made, values = PARTS[part](work)
            except processes.Failure as failure:
                print(f"{part}: {failure}")
                failed = True
                processes.end_all()
                continue
            for table in made:
                print("\n" + table.plain(), flush=True)
            if made:
                tables[part] = made
            results.update(values)
    except KeyboardInterrupt:
        print("interrupted; everything that was started is being ended", file=sys.stderr)
        return 130
    finally:
        processes.end_all()
        work.close()
    path = os.path.join(peerdist.BENCHMARKS, "target", "results.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    if options.update_doc:
        document.update(tables, "ops/benchmarks/run " + " ".join(shown(arguments)))
    return 1 if failed else 0
