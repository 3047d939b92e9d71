"""Counts calls, and serves what Kyma's dashboards ask for: the same names and the same label.

Counted in plain Python and turned into Prometheus' text when it is asked for: prometheus_client takes 80 ms to load,
and a Function is started far more often than its first scrape matters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from .answer import Answer
from .own import threading
from .packages import library, loaded
from .type_names import Any

METHODS = frozenset(('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'))
"""Methods that have a label of their own; clients must not make labels."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Upper bounds in seconds: prometheus_client's own, which Kyma has."""


class _Calls:
    __slots__ = ('count', 'failures', 'seconds', 'buckets')

    def __init__(self) -> None:
        self.count = 0
        self.failures = 0
        self.seconds = 0.0
        self.buckets = [0] * (len(BUCKETS) + 1)


class Metrics:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._methods: dict[str, _Calls] = {}

    def observe(self, method: str, seconds: float, failed: bool) -> None:
        """Count a call that ended after `seconds`."""
        label = method if method in METHODS else 'OTHER'
        bucket = bisect_left(BUCKETS, seconds)
        with self._lock:
            calls = self._methods.get(label)
            if calls is None:
                calls = self._methods[label] = _Calls()
            calls.count += 1
            calls.failures += failed
            calls.seconds += seconds
            calls.buckets[bucket] += 1

    def collect(self) -> Iterator[Any]:
        """The families, as a collector of prometheus_client gives them."""
        core = library('prometheus_client.core')
        calls = core.CounterMetricFamily('function_calls', 'Number of calls to user function', labels=['method'])
        failures = core.CounterMetricFamily(
            'function_failures', 'Number of exceptions in user function', labels=['method']
        )
        duration = core.HistogramMetricFamily(
            'function_duration_seconds', 'Duration of user function in seconds', labels=['method']
        )
        with self._lock:
            for method, seen in self._methods.items():
                calls.add_metric([method], seen.count)
                failures.add_metric([method], seen.failures)
                duration.add_metric([method], _cumulative(seen.buckets), seen.seconds)
        yield from (duration, calls, failures)

    def page(self) -> Answer:
        """`/metrics`: the server's own, then the registry that the handler's `import prometheus_client` gives it."""
        ours = library('prometheus_client')
        registry = ours.CollectorRegistry()
        registry.register(self)
        visible = (loaded('prometheus_client') or [ours])[0]
        text: bytes = ours.generate_latest(registry) + visible.generate_latest(visible.REGISTRY)
        return Answer(200, [('Content-Type', ours.CONTENT_TYPE_LATEST)], text)


def _cumulative(buckets: list[int]) -> list[tuple[str, int]]:
    total = 0
    result: list[tuple[str, int]] = []
    for bound, count in zip((*(str(bound) for bound in BUCKETS), '+Inf'), buckets, strict=True):
        total += count
        result.append((bound, total))
    return result
