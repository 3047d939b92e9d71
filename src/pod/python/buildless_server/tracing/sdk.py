"""Exports a span for each call, with OpenTelemetry's SDK: that of the Function where it brings one, else the server's."""

from __future__ import annotations

import os
import threading
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

from ..answer import Environ
from ..journal import text_of
from ..settings import Settings
from .exporter import JsonSpanExporter
from .outgoing import trace_outgoing
from .propagator import propagator_from
from .tracer import TRACER

LAST_SPANS = 2.0
"""Seconds that the end of the process waits for the last spans."""


class SdkTracing:
    def __init__(self, settings: Settings, url: str, propagators: str) -> None:
        self._name = settings.name
        self._provider = TracerProvider(resource=_resource(settings), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(JsonSpanExporter(url, os.environ)))
        # Global, so that a handler's own packages that use the OpenTelemetry API take part.
        trace.set_tracer_provider(self._provider)
        propagate.set_global_textmap(propagator_from(propagators))
        self._extract = propagate.extract
        self._tracer = self._provider.get_tracer(TRACER)
        trace_outgoing(self._tracer)

    def begin(self, environ: Environ) -> SdkSpan:
        """Begin the span of a call, as a part of the trace that the request names, and make it the active one."""
        parent = self._extract(environ, context.Context(), _HEADERS)
        span = self._tracer.start_span(
            environ['REQUEST_METHOD'], parent, kind=SpanKind.SERVER, attributes=self._attributes(environ)
        )
        return SdkSpan(span, context.attach(trace.set_span_in_context(span, parent)))

    def shutdown(self) -> None:
        """Send what is left, for LAST_SPANS."""
        sending = threading.Thread(target=self._provider.shutdown, name='last spans', daemon=True)
        sending.start()
        sending.join(LAST_SPANS)

    def _attributes(self, environ: Environ) -> dict[str, str]:
        """OpenTelemetry's semantic conventions for HTTP servers and Functions; a query may hold secrets: it is left out."""
        attributes = {
            'http.request.method': environ['REQUEST_METHOD'],
            'url.path': environ['PATH_INFO'],
            'url.scheme': 'http',
            'network.protocol.version': environ.get('SERVER_PROTOCOL', '').removeprefix('HTTP/'),
            'faas.trigger': 'http',
        }
        if host := environ.get('HTTP_HOST'):
            attributes['server.address'] = host.rpartition(':')[0] if host.rpartition(':')[2].isdigit() else host
        if agent := environ.get('HTTP_USER_AGENT'):
            attributes['user_agent.original'] = agent
        if self._name:
            attributes['faas.name'] = self._name
        return attributes


class SdkSpan:
    def __init__(self, span: Any, token: Any) -> None:
        self._span = span
        self._token = token
        self._failed = False
        self.trace_id: str = f'{span.get_span_context().trace_id:032x}'

    def fail(self, error: BaseException) -> None:
        """Note what the call failed of."""
        self._failed = True
        self._span.record_exception(error)
        self._span.set_attribute('error.type', type(error).__name__)
        self._span.set_status(Status(StatusCode.ERROR, text_of(error)))

    def end(self, status: int) -> None:
        """End it, in any thread."""
        self._span.set_attribute('http.response.status_code', status)
        # Semantic conventions, HTTP server: 5xx is an error of the server, 4xx is not.
        if status >= 500 and not self._failed:
            self._span.set_attribute('error.type', str(status))
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()

    def leave(self) -> None:
        """Make it no longer the active one; in the thread that began it."""
        context.detach(self._token)


class _Headers:
    """How propagators read a WSGI environment."""

    def get(self, carrier: Environ, key: str) -> list[str] | None:
        value = carrier.get(f'HTTP_{key.upper().replace("-", "_")}')
        return None if value is None else [value]

    def keys(self, carrier: Environ) -> list[str]:
        return [key[5:].lower().replace('_', '-') for key in carrier if key.startswith('HTTP_')]


_HEADERS: Any = _Headers()


def _resource(settings: Settings) -> Resource:
    own: dict[str, str] = {}
    if settings.name:
        own['service.name'] = settings.name
    if settings.namespace:
        own['k8s.namespace.name'] = settings.namespace
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
    return Resource.create(own).merge(OTELResourceDetector().detect())
