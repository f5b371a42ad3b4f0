# SPDX-License-Identifier: Apache-2.0
import unittest

from comparison import document, get, hashing, idle, main, pauses, peerdist, peers, processes, serving, trace, wrk

RESULT = ('RESULT {"requests": 60000, "bytes": 3946680000, "micros": 2000000, "p50": 891, "p99": 5300, "p999": 7460, '
          '"max": 9000, "connect": 0, "read": 2, "write": 0, "status": 1, "timeout": 0}')
STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 55.02    0.412345           9     45000           sendfile
 30.00    0.200000           4     45010        12 recvfrom
------ ----------- ----------- --------- --------- ----------------
100.00    0.612345           6     90010        12 total
"""


class WrkTest(unittest.TestCase):
    def test_reads_the_result_among_what_wrk_says(self):
        measured = wrk.parse(f"Running 2s test\n  1 threads\n{RESULT}\n")
        self.assertEqual((measured.rate, measured.p50, measured.p99, measured.p999), (30000, 891, 5300, 7460))
        self.assertEqual(measured.errors, {"read": 2, "status": 1})
        self.assertEqual(measured.failures, 3)

    def test_says_what_wrk_said_when_there_is_no_result(self):
        with self.assertRaisesRegex(processes.Failure, "unable to connect"):
            wrk.parse("unable to connect to 127.0.0.1:1 Connection refused")

    def test_rounds_become_medians_and_all_errors(self):
        rounds = [wrk.parse(RESULT), wrk.parse(RESULT.replace("60000", "80000")),
                  wrk.parse(RESULT.replace("60000", "70000"))]
        for measured in rounds:
            measured.cpu_seconds = 1.0
        row = serving.summarize(rounds, 50_000)
        self.assertEqual(row["rate"], 35_000)
        self.assertAlmostEqual(row["gigabytes"], 1.75)
        self.assertAlmostEqual(row["cpu_per_gigabyte"], 1 / 3.5)
        self.assertEqual(row["server_busy"], 0.5)
        self.assertEqual(row["errors"], 9)


class PausesTest(unittest.TestCase):
    def test_shows_times_in_milliseconds(self):
        rates = hashing.parse_rates("put.rate 4480.0\nput.p50 48.6\nput.p99 6603.1\nput.p999 16250.8\n"
                                    "put.longest 55659.6\nput.late 1.0\n")
        self.assertEqual(pauses.row(rates, "put"), ["4,480", "0.29", "0.049", "6.60", "16.3", "55.7", "1"])


class ScaleTest(unittest.TestCase):
    def test_reads_every_line_that_the_test_logs(self):
        self.assertEqual(trace.report("[INFO] Running x.CatalogueScaleIT\n08:00:00.000 ERROR i.p.b.CatalogueScaleIT 60,000 segments\n"
                                      "open 0.31 s\n\n[INFO] BUILD SUCCESS\nopen to all\n"),
                         ["60,000 segments", "open 0.31 s"])


class OutputTest(unittest.TestCase):
    def test_counts_system_calls_with_and_without_errors(self):
        self.assertEqual(serving.parse_strace(STRACE), {"sendfile": 45000, "recvfrom": 45010})

    def test_finds_the_ports_of_a_daemon(self):
        self.assertEqual(peerdist.ready_ports("ready http=127.0.0.1:8080 management=[::1]:9080\n"),
                         {"http": 8080, "management": 9080})
        self.assertIsNone(peerdist.ready_ports("Listening"))

    def test_reads_metrics_with_and_without_labels(self):
        figures = peerdist.parse_metrics('# HELP a b\nx_total 3.0\ny_total{role="a b"} 1.5E3\nnan NaN\nodd line\n')
        self.assertEqual((figures["x_total"], figures['y_total{role="a b"}']), (3.0, 1500.0))

    def test_takes_the_last_object_as_the_summary_of_get(self):
        self.assertEqual(peerdist.summary('{"a": 1}\nnoise\n{"a": 2}\n'), {"a": 2})
        with self.assertRaises(processes.Failure):
            peerdist.summary("nothing")

    def test_counts_what_a_get_had_from_elsewhere(self):
        self.assertEqual(get.elsewhere({"bytesBySource": {"hostedCache": 9, "origin": 2, "contentInformation": 1}}), 2)

    def test_reads_rates_of_ours_and_of_openssl(self):
        self.assertEqual(hashing.parse_rates("v1 1626380531\nv2 770073175\nsome other line\n"),
                         {"v1": 1626380531.0, "v2": 770073175.0})
        self.assertEqual(hashing.parse_openssl("+H:65536\n+F:25:sha256:1818061317.17\n"), 1818061317.17)
        self.assertIsNone(hashing.parse_openssl("unknown digest"))

    def test_two_digests_one_after_the_other_are_slower_than_each(self):
        self.assertAlmostEqual(hashing.one_after_the_other(2.0, 2.0), 1.0)
        self.assertIsNone(hashing.one_after_the_other(None, 2.0))

    def test_finds_the_table_of_the_replay_in_a_log_line(self):
        line = 'ERROR {"message":"Hit ratios:\\n| trace | LRU |\\n| --- | --- |\\n| zipf | 50.0 % |\\n"}\nother'
        self.assertEqual(trace.parse(line), (["trace", "LRU"], [["zipf", "50.0 %"]]))
        self.assertEqual(trace.parse("nothing"), ([], []))

    def test_wake_ups_of_new_threads_count_from_nothing(self):
        self.assertEqual(idle.rates({"a": 10}, {"a": 30, "b": 5}, 10), {"a": 2.0, "b": 0.5})


class PeersTest(unittest.TestCase):
    def test_names_the_package_of_what_is_missing(self):
        peers.PACKAGES["no-such-program"] = "its-package"
        self.addCleanup(peers.PACKAGES.pop, "no-such-program")
        self.assertIn("apt-get install -y its-package", peers.missing("no-such-program"))
        self.assertIsNone(peers.missing("taskset") if peers.find("taskset") else None)

    def test_knows_hits_of_caches(self):
        self.assertTrue(peers.squid_hit({"X-Cache": "HIT from host"}))
        self.assertFalse(peers.squid_hit({"X-Cache": "MISS from host"}))
        self.assertTrue(peers.varnish_hit({"X-Varnish": "32770 3"}))
        self.assertFalse(peers.varnish_hit({"X-Varnish": "32770"}))


class DocumentTest(unittest.TestCase):
    TEXT = "head\n<!-- a -->\nold\n<!-- end of a -->\n<!-- b -->\nkept\n<!-- end of b -->\n"

    def test_replaces_one_part_and_leaves_the_others(self):
        text = document.replaced(self.TEXT, "a", "new\n")
        self.assertEqual(text, self.TEXT.replace("old", "new"))

    def test_refuses_a_document_without_the_marks(self):
        with self.assertRaisesRegex(processes.Failure, "end of c"):
            document.replaced(self.TEXT, "c", "new")

    def test_the_real_document_has_marks_for_every_part(self):
        with open(document.PATH, encoding="utf-8") as file:
            text = file.read()
        for part in main.PARTS:
            self.assertIn("x", document.replaced(text, part, "x"))

    def test_leaves_out_options_that_only_say_how(self):
        self.assertEqual(main.shown(["--quick", "--under", "nice -5", "--update-doc", "--directory=/x"]), ["--quick"])
