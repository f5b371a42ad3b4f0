# SPDX-License-Identifier: Apache-2.0
import unittest

from comparison import figures
from comparison.tables import Table


class FiguresTest(unittest.TestCase):
    def test_takes_the_middle_of_what_is_there(self):
        self.assertEqual(figures.median([3, None, 1, 2]), 2)
        self.assertEqual(figures.median([1, 2]), 1.5)
        self.assertIsNone(figures.median([None]))

    def test_spread_is_half_the_distance_as_a_share_of_the_median(self):
        self.assertAlmostEqual(figures.spread([90, 100, 110]), 0.1)
        self.assertEqual(figures.spread([5]), 0)
        self.assertIsNone(figures.spread([]))

    def test_ratios_are_taken_within_rounds(self):
        # In the second round the machine was half as fast for both.
        self.assertEqual(figures.median_ratio([90, 45, 90], [100, 50, 100]), 0.9)
        self.assertIsNone(figures.median_ratio([1], []))
        self.assertIsNone(figures.median_ratio([1], [0]))

    def test_writes_numbers_for_people(self):
        self.assertEqual(figures.text(31873.4, 0), "31,873")
        self.assertEqual(figures.text(None, 2), "-")
        self.assertEqual(figures.percent(0.123), "12 %")
        self.assertEqual([figures.millis(value) for value in (93, 5300, 314_000, None)],
                         ["0.093", "5.30", "314.0", "-"])
        self.assertEqual(figures.mebibytes(3 << 20), "3 MiB")


class TableTest(unittest.TestCase):
    def setUp(self):
        self.table = Table("Title", ["name", "value"])
        self.table.add("a", 1)
        self.table.add("longer|name", "22")
        self.table.notes.append("a note")

    def test_aligns_names_left_and_numbers_right(self):
        self.assertEqual(self.table.plain().splitlines(), [
            "Title", "", "name         value", "-----------  -----", "a                1", "longer|name     22",
            "  * a note"])

    def test_markdown_escapes_what_would_end_a_cell(self):
        self.assertIn("| longer\\|name | 22 |", self.table.markdown())
        self.assertIn("| --- | ---: |", self.table.markdown())
        self.assertTrue(self.table.markdown().endswith("- a note\n"))

    def test_refuses_a_row_of_another_length(self):
        with self.assertRaisesRegex(ValueError, "expected: 2"):
            self.table.add("only one")
