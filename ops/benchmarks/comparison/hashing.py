# SPDX-License-Identifier: Apache-2.0
"""Hashing and encryption beside openssl speed, which has the same instructions and nothing around them."""

import subprocess

from . import figures, peerdist, peers, processes
from .tables import Table

BLOCK_BYTES = 65_536
CORES = (0, 1)


def parse_rates(output):
    """"name octets-per-second" on each line, as our measuring classes print."""
    rates = {}
    for line in output.splitlines():
        fields = line.split()
        if len(fields) == 2:
            rates[fields[0]] = float(fields[1])
    return rates


def parse_openssl(output):
    """Octets per second out of "+F:25:sha256:1818061317.17", as openssl speed -mr prints; None if there is no such line."""
    for line in output.splitlines():
        if line.startswith("+F:"):
            return float(line.rsplit(":", 1)[1])
    return None


def openssl(work, algorithm, cores, *options):
    """The sum over one openssl speed on each of these processors."""
    command = ["openssl", "speed", "-mr", "-seconds", str(work.speed_seconds), "-bytes", str(BLOCK_BYTES), *options,
               "-evp", algorithm]
    running = [subprocess.Popen(["taskset", "-c", str(core), *command], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True, cwd=work.directory)
               for core in cores]
    rates = [parse_openssl(process.communicate()[0]) for process in running]
    return None if None in rates else sum(rates)


def ours(work, main_class, cores, *arguments):
    command = ["taskset", "-c", ",".join(map(str, cores)), *peerdist.java(main_class, work.speed_seconds, *arguments)]
    return parse_rates(processes.run(command, cwd=work.directory))


def measure(work):
    """In turn with openssl, as the clock of a processor changes with what it does and how warm it is."""
    mine, reference = {}, {}

    def note(rates, name, value):
        rates.setdefault(name, []).append(value)

    for _ in range(work.rounds):
        for cores in (CORES[:1], CORES):
            with work.shared.measuring():
                note(reference, ("v1", len(cores)), openssl(work, "sha256", cores))
                note(reference, ("v2", len(cores)), openssl(work, "sha512", cores))
                for name, rate in ours(work, "hashing.HashingRate", cores, len(cores)).items():
                    note(mine, (name, len(cores)), rate)
        with work.shared.measuring():
            note(reference, ("encrypt", 1), openssl(work, "aes-128-cbc", CORES[:1]))
            note(reference, ("decrypt", 1), openssl(work, "aes-128-cbc", CORES[:1], "-decrypt"))
            for name, rate in ours(work, "encryption.EncryptionRate", CORES[:1]).items():
                note(mine, (name, 1), rate)
    for cores in (1, 2):
        # One pass that yields both cannot be faster than the two digests one after the other.
        reference[("both", cores)] = [one_after_the_other(first, second) for first, second in
                                      zip(reference[("v1", cores)], reference[("v2", cores)])]
    return [_table(work, mine, reference)], {
        "hashing": {f"{name} {cores}": figures.median(rates) for (name, cores), rates in mine.items()},
        "openssl": {f"{name} {cores}": figures.median(rates) for (name, cores), rates in reference.items()}}


def one_after_the_other(first, second):
    """The rate of doing two things to the same octets."""
    return 1 / (1 / first + 1 / second) if first and second else None


NAMES = {
    "v1": "version 1.0: SHA-256 of 64 KiB blocks", "v2": "version 2.0: SHA-512 of 96 KiB segments",
    "both": "both in one pass, as the content server does", "encrypt": "AES-128-CBC, encrypt",
    "decrypt": "AES-128-CBC, decrypt",
}


def _table(work, mine, reference):
    table = Table("Hashing and encryption, GB/s",
                  ["what", "cores", "ours", "openssl", "of openssl", "of one core"])
    for (name, cores), rates in sorted(mine.items(), key=lambda entry: (list(NAMES).index(entry[0][0]), entry[0][1])):
        beside = reference.get((name, cores), [])
        one = mine.get((name, 1), [])
        table.add(NAMES[name], cores, figures.text(_giga(rates), 2), figures.text(_giga(beside), 2),
                  figures.text(figures.median_ratio(rates, beside), 2),
                  figures.text(figures.median_ratio(rates, one), 2) if cores > 1 else "-")
    table.notes.append(f"medians of {work.rounds} rounds of {work.speed_seconds} s; openssl speed with {BLOCK_BYTES:,} bytes"
                       "; openssl for both: the two digests one after the other")
    table.notes.append("the content server's pass also reads, and finds where segments of version 2.0 end: on one core, "
                       "these share it with the hashing")
    if peers.missing("openssl"):
        table.notes.append(peers.missing("openssl"))
    return table


def giga(rate):
    return None if rate is None else rate / 1e9


def _giga(rates):
    return giga(figures.median(rates))
