"""Events and contexts for unit tests of handlers, made by the server's own code.

`buildless init` copies this package, with the parts of the server that it needs in `_server` and `_vendor`, into a new Function:

    from buildless_testing import context, event

    def test_greets():
        assert main(event({'name': 'Ada'}), context()) == {'hello': 'Ada'}
"""

from __future__ import annotations

import io
import json
import os
import sys
from urllib.parse import unquote_to_bytes, urlencode

# Last, so that what the project has installed comes first. Bottle and the CloudEvents SDK are loaded when they are asked for.
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '_vendor'))

from ._server.answer import Refused  # noqa: E402
from ._server.cloud_events import structured  # noqa: E402
from ._server.event import Event as _ServerEvent  # noqa: E402
from ._server.settings import Settings  # noqa: E402

__all__ = ['Event', 'context', 'event']


class Published:
    """What `emitCloudEvent` gives back in a test: nothing is posted."""

    status = 204
    reason = 'No Content'
    headers: dict = {}
    data = ''
    text = ''


class _NoSpan:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __getattr__(self, _name):
        return lambda *_args, **_keywords: None


class _NoTracer:
    """Stands in for OpenTelemetry's tracer if the project has not installed the API."""

    def start_as_current_span(self, *_args, **_keywords):
        return _NoSpan()

    start_span = start_as_current_span


class Event(_ServerEvent):
    """The server's event, which keeps what it emits in `emitted` instead of posting it."""

    def __init__(self, environ, body, settings):
        super().__init__(environ, body, settings)
        self.emitted = []

    @property
    def tracer(self):
        try:
            return super().tracer
        except ImportError:
            return _NoTracer()

    def emitCloudEvent(self, type, source, data, optionalCloudEventAttributes=None):
        _, body = structured(type, source, data, optionalCloudEventAttributes)
        self.emitted.append(json.loads(body))
        return Published()


def event(data=None, *, method=None, path='/', headers=None, cloud_event=None):
    """An event as the handler gets it for a request with this data.

    `headers['content-type']` decides how the data is sent: as bytes, text or JSON by its kind if it is left out.
    `cloud_event` has the attributes of a CloudEvent, of which `type` and `source` are required.
    Raises ValueError for what the server would answer with 400.
    """
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if cloud_event is not None:
        kind = 'text/plain' if isinstance(data, str) else 'application/json' if isinstance(data, (dict, list)) else None
        attributes = {**({'datacontenttype': kind} if kind else {}), **cloud_event}
        sent, body = structured(attributes.pop('type'), attributes.pop('source'), data, attributes)
        given.update({name.lower(): value for name, value in sent.items()})
    else:
        body, kind = _body_of(data, given.get('content-type', ''))
        if kind:
            given['content-type'] = kind
    path, _, query = path.partition('?')
    environ = {
        'REQUEST_METHOD': method or ('POST' if body else 'GET'),
        'SCRIPT_NAME': '',
        'PATH_INFO': unquote_to_bytes(path).decode('latin-1'),
        'QUERY_STRING': query,
        'SERVER_NAME': 'localhost',
        'SERVER_PORT': '8080',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'HTTP_HOST': 'localhost:8080',
        'REMOTE_ADDR': '127.0.0.1',
        'CONTENT_LENGTH': str(len(body)),
        'wsgi.url_scheme': 'http',
        'wsgi.input': io.BytesIO(body),
    }
    for name, value in given.items():
        key = name.upper().replace('-', '_')
        environ[key if key == 'CONTENT_TYPE' else f'HTTP_{key}'] = value
    try:
        return Event(environ, body, _settings())
    except Refused as refused:
        raise ValueError(str(refused)) from None


def context(**overrides):
    """A context as the handler gets it; keywords replace its keys, with `_` for `-`: `function_name='orders'`."""
    known = {**_settings().context(), 'function-name': 'test', 'namespace': 'default'}
    for name, value in overrides.items():
        key = name.replace('_', '-')
        if key not in known:
            raise TypeError(f'the context has no {key}: it has {", ".join(known)}')
        known[key] = value
    return known


def _settings():
    return Settings({})


def _body_of(data, kind):
    if data is None:
        return b'', kind
    if isinstance(data, (bytes, bytearray)):
        return bytes(data), kind or 'application/octet-stream'
    if kind.startswith('application/x-www-form-urlencoded'):
        return urlencode(data, doseq=True).encode(), kind
    if isinstance(data, str):
        return data.encode(), kind or 'text/plain'
    return json.dumps(data).encode(), kind or 'application/json'
