"""Spans in OTLP's JSON (opentelemetry-proto, trace/v1/trace.proto)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

REMOTE_PARENT = 0x100 | 0x200
LOCAL_PARENT = 0x100
"""SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK, and with it SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK."""


def export_request(spans: Sequence[Any]) -> dict[str, object]:
    """An ExportTraceServiceRequest. All spans are of one provider, so they have one resource."""
    scopes: dict[Any, list[dict[str, object]]] = {}
    for span in spans:
        scopes.setdefault(span.instrumentation_scope, []).append(_span(span))
    resource = {'attributes': _attributes(spans[0].resource.attributes if spans else {})}
    scope_spans = [{'scope': _scope(scope), 'spans': encoded} for scope, encoded in scopes.items()]
    return {'resourceSpans': [{'resource': resource, 'scopeSpans': scope_spans}]}


def _scope(scope: Any) -> dict[str, object]:
    return {'name': scope.name, 'version': scope.version or ''} if scope is not None else {'name': ''}


def _span(span: Any) -> dict[str, object]:
    encoded: dict[str, object] = {
        **_ids(span.context),
        'name': span.name,
        # OTLP's enumeration has UNSPECIFIED before the kinds.
        'kind': span.kind.value + 1,
        'startTimeUnixNano': str(span.start_time or 0),
        'endTimeUnixNano': str(span.end_time or 0),
        'attributes': _attributes(span.attributes),
        'droppedAttributesCount': span.dropped_attributes,
        'events': [_event(event) for event in span.events],
        'droppedEventsCount': span.dropped_events,
        'links': [{**_ids(link.context), 'attributes': _attributes(link.attributes)} for link in span.links],
        'droppedLinksCount': span.dropped_links,
        'status': _status(span.status),
        'flags': int(span.context.trace_flags) | (REMOTE_PARENT if span.parent and span.parent.is_remote else LOCAL_PARENT),
    }
    if span.parent is not None:
        encoded['parentSpanId'] = f'{span.parent.span_id:016x}'
    return encoded


def _ids(context: Any) -> dict[str, object]:
    ids: dict[str, object] = {'traceId': f'{context.trace_id:032x}', 'spanId': f'{context.span_id:016x}'}
    if context.trace_state:
        ids['traceState'] = context.trace_state.to_header()
    return ids


def _event(event: Any) -> dict[str, object]:
    return {'timeUnixNano': str(event.timestamp), 'name': event.name, 'attributes': _attributes(event.attributes)}


def _status(status: Any) -> dict[str, object]:
    message = {'message': status.description} if status.description else {}
    return {'code': status.status_code.value, **message}


def _attributes(attributes: Mapping[str, Any] | None) -> list[dict[str, object]]:
    return [{'key': key, 'value': _value(value)} for key, value in (attributes or {}).items()]


def _value(value: Any) -> dict[str, object]:
    """An AnyValue."""
    if isinstance(value, bool):
        return {'boolValue': value}
    if isinstance(value, int):
        return {'intValue': str(value)}
    if isinstance(value, float):
        # JSON has no NaN; protobuf's JSON writes such numbers as strings.
        return {'doubleValue': value if value - value == 0 else _no_number(value)}
    if isinstance(value, bytes):
        return {'bytesValue': base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {'kvlistValue': {'values': _attributes(value)}}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return {'arrayValue': {'values': [_value(one) for one in value]}}
    return {'stringValue': str(value)}


def _no_number(value: float) -> str:
    if value != value:
        return 'NaN'
    return 'Infinity' if value > 0 else '-Infinity'
