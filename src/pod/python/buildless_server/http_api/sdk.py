"""What a handler of the API `http` imports as `sdk`: the functions of Kyma's python314."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import flask

from ..publisher import publish
from ..tracing.tracer import tracer

NAMES = (
    *('get_tracer', 'get_cloud_event', 'emit_cloud_event', 'get_function_name', 'get_namespace', 'get_runtime'),
    *('get_timeout', 'get_body_size_limit'),
)
"""What the handler sees."""

STRUCTURED = 'application/cloudevents+json'


@dataclass(frozen=True)
class Facts:
    """What the server knows of the Function."""

    name: str
    namespace: str
    runtime: str
    timeout: int | float
    """Seconds."""
    body_limit: int | float
    """Megabytes."""
    publisher: str | None


_facts: list[Facts] = []


def configure(facts: Facts) -> None:
    """For the server."""
    _facts[:] = [facts]


def get_tracer() -> Any:
    """A tracer of the OpenTelemetry API, whose spans are children of the call's."""
    return tracer()


def get_function_name() -> str:
    return _facts[0].name


def get_namespace() -> str:
    return _facts[0].namespace


def get_runtime() -> str:
    return _facts[0].runtime


def get_timeout() -> int | float:
    """Seconds that a call may take."""
    return _facts[0].timeout


def get_body_size_limit() -> int | float:
    """Megabytes that a request's body may have."""
    return _facts[0].body_limit


def get_cloud_event() -> Any:
    """The CloudEvent that the request is, in binary or structured mode; None if it is none.

    An event as `cloudevents.core` 2.x has it; raises its errors for one that is malformed.
    """
    request = flask.request
    headers = dict(request.headers)
    kind = (request.content_type or '').partition(';')[0].strip().lower()
    if kind == STRUCTURED:
        # Media types are compared without case (RFC 9110, 8.3.1); cloudevents compares them as they are.
        headers['Content-Type'] = STRUCTURED
    elif 'ce-type' not in request.headers or 'ce-source' not in request.headers:
        return None
    binding = _binding()
    return binding.from_http_event(binding.HTTPMessage(headers=headers, body=request.get_data()))


def emit_cloud_event(
    type: str, source: str, data: object, optional_attributes: Mapping[str, Any] | None = None
) -> None:
    """Post a CloudEvent in structured mode to PUBLISHER_PROXY_ADDRESS.

    Raises the errors of `cloudevents.core` for a malformed one, RuntimeError without an address, and OSError where the publisher
    cannot be reached; that it answers with an error is logged.
    """
    binding = _binding()
    from cloudevents.core.v1.event import CloudEvent

    event = CloudEvent({'type': type, 'source': source, **(optional_attributes or {})}, data)
    message = binding.to_structured_event(event)
    publish(_facts[0].publisher, message.headers, message.body, _facts[0].timeout)


def _binding() -> Any:
    # Imported when the first event comes or goes: many Functions have none.
    try:
        from cloudevents.core.bindings import http
    except ModuleNotFoundError as error:
        raise RuntimeError(
            f'{error}: sdk needs cloudevents 2. Take cloudevents out of requirements.txt, or declare 2.2.0 or newer.'
        ) from None
    return http
