# SPDX-License-Identifier: Apache-2.0
import http.server
import os
import tempfile
import threading
import unittest

from comparison import processes, targets


class ProcessesTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def test_ends_what_it_started_with_its_children(self):
        process = processes.start(["sh", "-c", "sleep 60 & wait"], self.directory.name, "sleeper")
        processes.wait_until(lambda: len(processes.tree(process.pid)) == 2, 10, "the child runs")
        child = processes.tree(process.pid)[1]
        processes.end_all()
        self.assertIsNotNone(process.returncode)
        processes.wait_until(lambda: (processes.stat_fields(child) or ["Z"])[0] == "Z", 10, "the child is gone")

    def test_names_what_a_failing_program_said(self):
        with self.assertRaisesRegex(processes.Failure, "ended with 3: no luck"):
            processes.run(["sh", "-c", "echo no luck >&2; exit 3"])

    def test_measures_what_a_program_takes(self):
        used = processes.run_measured(["sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done"])
        self.assertEqual(used.output, "done\n")
        self.assertGreater(used.cpu_seconds, 0)
        self.assertGreater(used.resident_bytes, 0)

    def test_gives_up_waiting_for_a_program_that_has_ended(self):
        process = processes.start(["false"], self.directory.name, "false")
        process.wait()
        with self.assertRaisesRegex(processes.Failure, "it serves: the program ended with 1"):
            processes.wait_until(lambda: False, 5, "it serves", process)
        processes.end(process)

    def test_sees_its_own_processor_time_and_memory(self):
        self.assertGreater(processes.cpu_seconds(os.getpid()), 0)
        self.assertGreater(processes.resident_bytes(os.getpid()), 1 << 20)
        self.assertTrue(processes.voluntary_switches(os.getpid()))


class _Answers(http.server.BaseHTTPRequestHandler):
    body = b""
    status = 200

    def do_GET(self):
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


class TargetTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        with open(os.path.join(self.directory.name, "0"), "wb") as file:
            file.write(b"as expected")
        self.server = http.server.HTTPServer(("127.0.0.1", 0), _Answers)
        self.addCleanup(self.server.server_close)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(self.server.shutdown)

    def check(self, body, status=200, hit=None):
        _Answers.body, _Answers.status = body, status
        content = targets.Content(1, "", 0, self.directory.name)
        targets.Target("server", None, self.server.server_port, content, hit).check()

    def test_accepts_the_bytes_of_the_file(self):
        self.check(b"as expected")

    def test_refuses_another_status_length_or_byte(self):
        for body, status, message in ((b"as expected", 404, "status 404"), (b"as expecte", 200, "10 bytes"),
                                      (b"as expectet", 200, "other bytes")):
            with self.assertRaisesRegex(processes.Failure, message):
                self.check(body, status)

    def test_refuses_an_answer_that_did_not_come_from_the_cache(self):
        with self.assertRaisesRegex(processes.Failure, "not from the cache"):
            self.check(b"as expected", hit=lambda headers: False)
