import unittest
from datetime import datetime, timezone

from job import report


class Reporting(unittest.TestCase):
    def test_reports_on_the_day(self) -> None:
        now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
        self.assertEqual(report(now), "Report of 2026-01-02")


if __name__ == "__main__":
    unittest.main()
