"""Whether spans are exported and where to, from OpenTelemetry's standard variables and Kyma's; as in Node.js."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

TRACES_PATH = 'v1/traces'
"""OTLP/HTTP's path for traces, added to the endpoint of all signals (OTLP specification, "OTLP/HTTP Request")."""


class TraceExport:
    def __init__(self, url: str | None = None, warning: str | None = None) -> None:
        self.url = url
        """Where OTLP/HTTP is received; None for nowhere."""
        self.warning = warning


def read_trace_export(env: Mapping[str, str]) -> TraceExport:
    """The first of OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT and TRACE_COLLECTOR_ENDPOINT (Kyma's,
    a whole URL) that is set; nothing with OTEL_SDK_DISABLED=true or OTEL_TRACES_EXPORTER=none."""
    if env.get('OTEL_SDK_DISABLED', '').strip().lower() == 'true':
        return TraceExport()
    exporters = env.get('OTEL_TRACES_EXPORTER', '')
    wanted = [name.strip() for name in exporters.split(',')]
    if exporters.strip() and 'otlp' not in wanted:
        unknown = any(name != 'none' for name in wanted)
        warning = f'OTEL_TRACES_EXPORTER is "{exporters}": only otlp is known, so no spans are exported'
        return TraceExport(warning=warning if unknown else None)
    of_all = env.get('OTEL_EXPORTER_OTLP_ENDPOINT')
    text = (
        env.get('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
        or (of_all and f'{of_all.rstrip("/")}/{TRACES_PATH}')
        or env.get('TRACE_COLLECTOR_ENDPOINT')
    )
    if not text:
        return TraceExport()
    if not _is_http(text):
        return TraceExport(warning=f'"{text}" is not an http or https URL, so no spans are exported')
    protocol = env.get('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') or env.get('OTEL_EXPORTER_OTLP_PROTOCOL')
    warning = f'OTLP over gRPC is not supported: spans are sent to {text} as JSON over HTTP (port 4318 on most collectors)'
    return TraceExport(text, warning if protocol == 'grpc' else None)


def _is_http(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ('http', 'https') and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
