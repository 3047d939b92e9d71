"""Passes the trace on in the requests that a handler makes, with a span for each.

Through `http.client`, on which `urllib`, `requests` and `urllib3` are built. Libraries with an HTTP of their own (httpx, aiohttp,
gRPC) have instrumentations of their own from OpenTelemetry, which find the global provider.
"""

from __future__ import annotations

import http.client
import re
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

SPAN = '_buildless_span'
TARGET = '_buildless_target'


def trace_outgoing(tracer: Any) -> None:
    """Wrap the methods of `http.client.HTTPConnection` through which every request goes."""
    connection = http.client.HTTPConnection
    putrequest, putheader = connection.putrequest, connection.putheader
    endheaders, getresponse = connection.endheaders, connection.getresponse

    def put_request(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        putrequest(self, method, url, *args, **kwargs)
        setattr(self, TARGET, (method, url))

    def put_header(self: Any, header: Any, *values: Any) -> None:
        # A caller that passes the trace on itself is left alone.
        if _text(header).lower() == 'traceparent':
            setattr(self, TARGET, None)
        putheader(self, header, *values)

    def end_headers(self: Any, *args: Any, **kwargs: Any) -> None:
        span = _begin(tracer, self, putheader)
        setattr(self, SPAN, span)
        try:
            endheaders(self, *args, **kwargs)
        except BaseException as error:
            _failed(self, error)
            raise

    def get_response(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            response = getresponse(self, *args, **kwargs)
        except BaseException as error:
            _failed(self, error)
            raise
        _answered(self, response.status)
        return response

    wrapped: Any = connection
    wrapped.putrequest, wrapped.putheader = put_request, put_header
    wrapped.endheaders, wrapped.getresponse = end_headers, get_response


def _begin(tracer: Any, connection: Any, putheader: Any) -> Any:
    """A span as part of the active one; None outside of calls, and for the export of spans itself."""
    target = getattr(connection, TARGET, None)
    setattr(connection, TARGET, None)
    if target is None or not trace.get_current_span().get_span_context().is_valid:
        return None
    method, url = target
    scheme = 'https' if isinstance(connection, http.client.HTTPSConnection) else 'http'
    port = '' if connection.port == connection.default_port else f':{connection.port}'
    whole = url if '://' in url else f'{scheme}://{connection.host}{port}{url}'
    attributes = {
        'http.request.method': method,
        'url.full': _without_secrets(whole),
        'server.address': str(connection.host),
        'server.port': int(connection.port or connection.default_port),
    }
    span = tracer.start_span(method, kind=SpanKind.CLIENT, attributes=attributes)
    headers: dict[str, str] = {}
    propagate.inject(headers, trace.set_span_in_context(span, context.get_current()))
    for name, value in headers.items():
        putheader(connection, name, value)
    return span


def _without_secrets(url: str) -> str:
    """Credentials and the query may hold secrets."""
    return re.sub('^(https?://)[^/@]*@', r'\1', url.partition('?')[0])


def _take(connection: Any) -> Any:
    span = getattr(connection, SPAN, None)
    setattr(connection, SPAN, None)
    return span


def _answered(connection: Any, status: int) -> None:
    span = _take(connection)
    if span is None:
        return
    span.set_attribute('http.response.status_code', status)
    if status >= 400:
        span.set_attribute('error.type', str(status))
        span.set_status(Status(StatusCode.ERROR))
    span.end()


def _failed(connection: Any, error: BaseException) -> None:
    span = _take(connection)
    if span is None:
        return
    span.record_exception(error)
    span.set_attribute('error.type', type(error).__name__)
    span.set_status(Status(StatusCode.ERROR, str(error)))
    span.end()


def _text(header: Any) -> str:
    return header.decode('latin-1') if isinstance(header, bytes) else str(header)
