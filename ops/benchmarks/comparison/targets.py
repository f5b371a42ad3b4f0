# SPDX-License-Identifier: Apache-2.0
"""A server under load: where it is, what is asked of it, and whether its answers are right."""

import hashlib
import http.client
import os
import random
from dataclasses import dataclass

from . import processes

RETRIEVAL_PATH = "/116B50EB-ECE2-41ac-8429-9F9E963361B7/"
CHECKED_ANSWERS = 12
TIMEOUT_SECONDS = 30


@dataclass
class Content:
    """The same bytes for all: one request of MS-PCCRR for each block, and each answer in a file of its own."""

    count: int
    requests: str
    request_bytes: int
    answers: str

    def request(self, index):
        with open(self.requests, "rb") as file:
            file.seek(index * self.request_bytes)
            return file.read(self.request_bytes)

    def answer(self, index):
        with open(os.path.join(self.answers, str(index)), "rb") as file:
            return file.read()

    @property
    def answer_bytes(self):
        return os.path.getsize(os.path.join(self.answers, "0"))


class Target:
    """One server. hit_header tells whether an answer came from the server's own cache; None where there is no such thing."""

    def __init__(self, name, process, port, content, hit=None):
        self.name = name
        self.process = process
        self.port = port
        self.content = content
        self.hit = hit
        self.url = f"http://127.0.0.1:{port}"

    @property
    def pid(self):
        return self.process.pid

    def ask(self, connection, index):
        connection.request("GET", f"/{index}")

    @property
    def arguments(self):
        return ["files", str(self.content.count), "/"]

    def fetch(self, connection, index):
        self.ask(connection, index)
        response = connection.getresponse()
        return response, response.read()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)

    def warm(self):
        """Asks once for everything, so that a cache has it."""
        connection = self.connect()
        for index in range(self.content.count):
            self.fetch(connection, index)
        connection.close()

    def check(self, generator=random):
        """Holds some answers against the files; of a cache, also that it had them."""
        connection = self.connect()
        try:
            for index in generator.sample(range(self.content.count), min(CHECKED_ANSWERS, self.content.count)):
                response, body = self.fetch(connection, index)
                self._compare(index, response, body)
        finally:
            connection.close()

    def _compare(self, index, response, body):
        expected = self.content.answer(index)
        where = f"{self.name}, answer {index}"
        if response.status != 200:
            raise processes.Failure(f"{where}: status {response.status} (expected: 200)")
        if len(body) != len(expected):
            raise processes.Failure(f"{where}: {len(body)} bytes (expected: {len(expected)})")
        if hashlib.sha256(body).digest() != hashlib.sha256(expected).digest():
            raise processes.Failure(f"{where}: other bytes than expected, from {body[:16].hex()}")
        if self.hit is not None and not self.hit(response.headers):
            raise processes.Failure(f"{where}: not from the cache ({response.headers.items()})")


class BlockTarget(Target):
    """A server of MS-PCCRR: every block is asked for with a MSG_GETBLKS."""

    def ask(self, connection, index):
        connection.request("POST", RETRIEVAL_PATH, self.content.request(index),
                           {"Content-Type": "application/octet-stream"})

    @property
    def arguments(self):
        return ["blocks", self.content.requests, str(self.content.request_bytes), RETRIEVAL_PATH]
