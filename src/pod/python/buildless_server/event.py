"""The first argument of the handler."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Mapping, MutableMapping

from .answer import Environ
from .body import parse
from .cloud_events import media_type_of, read_cloud_event, structured
from .journal import note
from .json_text import finite
from .own import json
from .packages import library
from .settings import Settings
from .tracing.tracer import tracer
from .type_names import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .publisher import Published


class Event(MutableMapping[str, Any]):
    """`event['data']`, `event['extensions']['request']`, the `ce-*` keys of a CloudEvent, and the means to emit one.

    The names of the methods are Kyma's.
    """

    def __init__(self, environ: Environ, body: bytes, settings: Settings) -> None:
        self._environ = environ
        self._body = body
        self._settings = settings
        cloud_event = read_cloud_event(environ, body)
        self.ceHeaders: dict[str, Any] = (
            {'data': parse(body, environ.get('CONTENT_TYPE', ''))} if cloud_event is None else cloud_event
        )

    def __getitem__(self, key: str) -> Any:
        # The request is made when it is asked for: Bottle costs 70 ms to load.
        if key == 'extensions' and 'extensions' not in self.ceHeaders:
            self.ceHeaders['extensions'] = {'request': _request(self._environ, self._body, self._settings.body_limit)}
        return self.ceHeaders[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.ceHeaders[key] = value

    def __delitem__(self, key: str) -> None:
        del self.ceHeaders[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.ceHeaders, 'extensions': None})

    def __len__(self) -> int:
        return len({**self.ceHeaders, 'extensions': None})

    @property
    def req(self) -> Any:
        """The same request as `event['extensions']['request']`."""
        return self['extensions']['request']

    @property
    def tracer(self) -> Any:
        """A tracer of the OpenTelemetry API, whose spans are children of the call's."""
        return tracer()

    def emitCloudEvent(
        self, type: str, source: str, data: object, optionalCloudEventAttributes: Mapping[str, Any] | None = None
    ) -> Published:
        """Post a CloudEvent in structured mode to PUBLISHER_PROXY_ADDRESS."""
        headers, body = structured(type, source, data, optionalCloudEventAttributes)
        return _publish(self._settings.publisher, headers, body, self._settings.timeout)

    def publishCloudEvent(self, data: object) -> Published:
        """Deprecated: post `data`, a whole CloudEvent as a dict."""
        note('warn', '"publishCloudEvent" is deprecated. Use "emitCloudEvent"')
        headers = {'Content-Type': 'application/cloudevents+json'}
        return _publish(
            self._settings.publisher, headers, json.dumps(finite(data), default=str).encode(), self._settings.timeout
        )

    def buildResponseCloudEvent(self, event_id: str, event_type: str, event_data: object) -> dict[str, Any]:
        """Deprecated: a CloudEvent to return that takes its source from the one received."""
        note('warn', '"buildResponseCloudEvent" is deprecated. Use "emitCloudEvent"')
        return {
            'type': event_type,
            'source': self['ce-source'],
            'eventtypeversion': self.get('ce-eventtypeversion'),
            'specversion': self['ce-specversion'],
            'id': event_id,
            'data': event_data,
            'datacontenttype': media_type_of(event_data),
        }


def _publish(*post: Any) -> Published:
    # Imported when the first one is posted: few Functions publish.
    from .publisher import publish

    return publish(*post)


def _request(environ: Environ, body: bytes, limit: int) -> Any:
    """A Bottle request whose body can be read as often as the handler likes."""
    own = {key: value for key, value in environ.items() if not key.startswith('buildless.')}
    # As `bottle.Bottle` does before it routes: WSGI hands the path over as Latin-1.
    own['PATH_INFO'] = own['PATH_INFO'].encode('latin-1').decode('utf-8', 'ignore')
    own['wsgi.input'] = own['bottle.request.body'] = io.BytesIO(body)
    own['CONTENT_LENGTH'] = str(len(body))
    own.pop('HTTP_TRANSFER_ENCODING', None)
    own.pop('HTTP_CONTENT_ENCODING', None)
    return _request_class(limit)(own)


@functools.cache
def _request_class(limit: int) -> Any:
    """Bottle's own limit must not be below the server's."""
    return type('Request', (library('bottle').BaseRequest,), {'__slots__': (), 'MEMFILE_MAX': limit})
