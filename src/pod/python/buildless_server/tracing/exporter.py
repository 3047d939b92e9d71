"""Sends spans as OTLP/HTTP with JSON, which every collector takes on the port where it takes protobuf.

OpenTelemetry's own exporter needs protobuf and requests: 5 MB in every Pod, and packages that Functions bring in versions
of their own. The format is that of the OTLP specification 1.x, "JSON Protobuf Encoding": ids are hexadecimal, 64-bit
numbers are strings, enumerations are numbers.
"""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote
from urllib.request import Request, urlopen

from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from ..journal import note
from .encoding import export_request

RETRYABLE = frozenset((429, 502, 503, 504))
"""OTLP specification, "Failures": all else is not sent again."""
FIRST_PAUSE = 1.0
ONE_WARNING_IN = 60.0
"""Seconds. A collector that is down is worth a line now and then."""


class JsonSpanExporter(SpanExporter):  # type: ignore[misc]
    def __init__(self, url: str, env: Mapping[str, str]) -> None:
        self._url = url
        self._timeout = _milliseconds(_of_traces(env, 'TIMEOUT'), 10_000) / 1000
        self._gzip = _of_traces(env, 'COMPRESSION') == 'gzip'
        self._headers = {'Content-Type': 'application/json', **_headers(_of_traces(env, 'HEADERS') or '')}
        if self._gzip:
            self._headers['Content-Encoding'] = 'gzip'
        certificate = _of_traces(env, 'CERTIFICATE')
        self._tls = ssl.create_default_context(cafile=certificate) if certificate else None
        self._stopped = threading.Event()
        self._next_warning = 0.0

    def export(self, spans: Sequence[Any]) -> SpanExportResult:
        """Post the spans, again where the collector asks for it, within OTEL_EXPORTER_OTLP_TIMEOUT in all."""
        body = json.dumps(export_request(spans), separators=(',', ':')).encode('utf-8', 'replace')
        end = time.monotonic() + self._timeout
        pause = FIRST_PAUSE
        while True:
            failure, retry = self._post(gzip.compress(body) if self._gzip else body, end - time.monotonic())
            if failure is None:
                return SpanExportResult.SUCCESS
            if not retry or time.monotonic() + pause >= end or self._stopped.wait(pause):
                self._warn(failure)
                return SpanExportResult.FAILURE
            pause *= 2

    def shutdown(self, *_: object, **__: object) -> None:
        """Give up what is being sent again."""
        self._stopped.set()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True

    def _post(self, body: bytes, timeout: float) -> tuple[str | None, bool]:
        """Why it failed, and whether to try again."""
        request = Request(self._url, data=body, headers=self._headers, method='POST')
        try:
            with urlopen(request, timeout=max(0.1, timeout), context=self._tls) as answer:
                answer.read()
            return None, False
        except HTTPError as error:
            with error:
                return f'it answered {error.code} {error.reason}', error.code in RETRYABLE
        except Exception as error:
            return str(getattr(error, 'reason', None) or error), True

    def _warn(self, reason: str) -> None:
        now = time.monotonic()
        if now >= self._next_warning:
            self._next_warning = now + ONE_WARNING_IN
            note('warn', f'spans could not be sent to {self._url}: {reason}')


def _of_traces(env: Mapping[str, str], name: str) -> str | None:
    """An option for traces alone, else for all signals."""
    return env.get(f'OTEL_EXPORTER_OTLP_TRACES_{name}') or env.get(f'OTEL_EXPORTER_OTLP_{name}') or None


def _milliseconds(text: str | None, default: float) -> float:
    try:
        value = float(text) if text else default
    except ValueError:
        return default
    return value if value > 0 else default


def _headers(text: str) -> dict[str, str]:
    """`key=value` pairs with commas between, percent-encoded (OTLP exporter specification, "Specifying headers")."""
    pairs = (pair.partition('=') for pair in text.split(',') if '=' in pair)
    return {unquote(name.strip()): unquote(value.strip()) for name, _, value in pairs}
