"""CloudEvents 1.0 over HTTP, through the official SDK: received, sent, and built for an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from .answer import Environ, Refused
from .body import content_type_of, decode, is_json, parse_json
from .json_text import finite
from .own import json
from .packages import library
from .type_names import Any

STRUCTURED = 'application/cloudevents+json'
BATCH = 'application/cloudevents-batch+json'
_TIMESTAMP = re.compile(
    r'\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,30})?'
    r'(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)',
    re.ASCII,
)
REQUIRED = ('ce-specversion', 'ce-id', 'ce-source', 'ce-type')


def read_cloud_event(environ: Environ, body: bytes) -> dict[str, object] | None:
    """`data` and the `ce-*` keys of the event; None if the request has no CloudEvent; Refused where it is malformed.

    A batch has `data` alone: the list of its events.
    """
    header = environ.get('CONTENT_TYPE', '')
    kind = content_type_of(header)[0] if 'cloudevents' in header.lower() else ''
    if kind == BATCH:
        return {'data': _read_batch(body)}
    if kind == STRUCTURED:
        return _keys(_read(STRUCTURED, {'content-type': STRUCTURED}, body))
    # What Kyma takes for a CloudEvent, and what the specification does.
    if ('HTTP_CE_TYPE' in environ and 'HTTP_CE_SOURCE' in environ) or 'HTTP_CE_SPECVERSION' in environ:
        return _keys(_read_binary(environ, header, body))
    return None


def _read_binary(environ: Environ, header: str, body: bytes) -> Any:
    # Header values are percent-encoded (HTTP binding 1.0.2, 3.1.3.2), which this SDK leaves to its caller.
    headers = {
        key[5:].lower().replace('_', '-'): unquote(_utf8(value))
        for key, value in environ.items()
        if key.startswith('HTTP_CE_')
    }
    if missing := [name for name in REQUIRED if not headers.get(name)]:
        raise Refused(400, f'Malformed CloudEvent: the header {" and the header ".join(missing)} is missing')
    if header:
        headers['content-type'] = header
    return _read(header, headers, body)


def _read(kind: str, headers: Mapping[str, str], body: bytes) -> Any:
    """A CloudEvent of the SDK."""
    sdk = library('cloudevents.http')
    try:
        event = sdk.from_http(headers, body, lambda data: _unmarshal(data, kind))
    except Refused:
        raise
    except Exception as error:
        raise Refused(400, f'Malformed CloudEvent: {error}') from None
    if kind == STRUCTURED and isinstance(event.data, bytes):
        event.data = _unmarshal(event.data, event.get('datacontenttype') or 'application/octet-stream')
    _check(event.get_attributes())
    return event


def _check(attributes: Mapping[str, Any]) -> None:
    """What the SDK leaves to its caller: required attributes are strings, and `time` is a timestamp (CloudEvents 1.0.2, 3.1)."""
    for name in ('id', 'source', 'type'):
        if not isinstance(attributes.get(name), str) or not attributes[name]:
            raise Refused(400, f'Malformed CloudEvent: {name} must be a string that is not empty')
    time = attributes.get('time')
    if time is not None and not (isinstance(time, str) and _TIMESTAMP.fullmatch(time)):
        raise Refused(400, 'Malformed CloudEvent: time must be a timestamp such as 2026-01-31T12:00:00Z (RFC 3339)')


def _unmarshal(data: str | bytes, header: str) -> object:
    """Data by its content type. The SDK gives JSON text for `data` of a structured event, bytes for `data_base64`."""
    if isinstance(data, str):
        return json.loads(data) if data else None
    kind, parameters = content_type_of(header)
    if kind == STRUCTURED:
        return data
    if is_json(kind) or not kind:
        try:
            return parse_json(data, parameters.get('charset'))
        except Refused:
            if kind:
                raise
    return decode(data, parameters.get('charset')) if kind.startswith('text/') or not kind else data


def _read_batch(body: bytes) -> list[dict[str, object]]:
    events = parse_json(body, None) if body else []
    if not isinstance(events, list):
        raise Refused(400, 'Malformed CloudEvents batch: it is not a JSON array')
    return [_plain(_read(STRUCTURED, {'content-type': STRUCTURED}, json.dumps(event).encode())) for event in events]


def _plain(event: Any) -> dict[str, object]:
    return {**event.get_attributes(), 'data': event.data}


def _keys(event: Any) -> dict[str, object]:
    keys: dict[str, object] = {f'ce-{name}': value for name, value in event.get_attributes().items()}
    keys['data'] = event.data
    return keys


def _utf8(value: str) -> str:
    """A header's text, which WSGI hands over as Latin-1."""
    try:
        return value.encode('latin-1').decode('utf-8')
    except UnicodeError:
        return value


def structured(
    kind: str, source: str, data: object, attributes: Mapping[str, Any] | None
) -> tuple[dict[str, str], bytes]:
    """Headers and body of a CloudEvent in structured mode; the SDK adds id, time and specversion."""
    sdk = library('cloudevents.http')
    event = sdk.CloudEvent({'type': kind, 'source': source, **(attributes or {})}, finite(data))
    headers, body = library('cloudevents.conversion').to_structured(event)
    return headers, body


def media_type_of(data: object) -> str | None:
    """`datacontenttype` of an answer, as Kyma's `buildResponseCloudEvent` gives it."""
    if isinstance(data, dict):
        return 'application/json'
    return 'text/plain' if isinstance(data, str) else None
