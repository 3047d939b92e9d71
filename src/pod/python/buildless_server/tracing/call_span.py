"""What the server asks of tracing; the implementation (sdk.py) is loaded only where spans are exported."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..answer import Environ
from ..type_names import Protocol


class CallSpan(Protocol):
    """The span of one call: active in the thread that began it, until `leave`."""

    trace_id: str

    def fail(self, error: BaseException) -> None:
        """Note what the call failed of."""

    def end(self, status: int) -> None:
        """End it, in any thread; once."""

    def leave(self) -> None:
        """Make it no longer the active one; in the thread that began it."""


class Tracing(Protocol):
    def begin(self, environ: Environ) -> CallSpan:
        """Begin the span of a call, as a part of the trace that the request names."""

    def shutdown(self) -> None:
        """Send what is left, for a limited time; never raises."""


def is_asked_for(env: Mapping[str, str]) -> bool:
    """Whether a variable is set that start.py may read; most Functions have none."""
    return any(name.startswith('OTEL_') or name == 'TRACE_COLLECTOR_ENDPOINT' for name in env)


_TRACEPARENT = re.compile('[0-9a-f]{2}-([0-9a-f]{32})-')
_B3 = re.compile('[0-9a-fA-F]{16}(?:[0-9a-fA-F]{16})?')


def trace_id_in(environ: Environ) -> str | None:
    """The trace that a request names (W3C Trace Context, 3.2.2; B3's header of its own): for the log, traced or not."""
    if (parent := environ.get('HTTP_TRACEPARENT')) is not None:
        found = _TRACEPARENT.match(parent)
        return found[1] if found else None
    b3 = environ.get('HTTP_X_B3_TRACEID')
    return b3 if b3 is not None and _B3.fullmatch(b3) else None
