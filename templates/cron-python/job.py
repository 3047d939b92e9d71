from __future__ import annotations

from datetime import datetime, timezone


def report(now: datetime | None = None) -> str:
    """What the job does. It takes the clock, so that a test can have another."""
    now = now or datetime.now(timezone.utc)
    return f"Report of {now:%Y-%m-%d}"


# The CronJob runs this file; a test imports it.
if __name__ == "__main__":
    print(report())
