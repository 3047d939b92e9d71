"""What `event.tracer` is."""

from __future__ import annotations

import functools

from ..type_names import Any

TRACER = 'io.kyma-project.serverless'
"""Kyma's name of the tracer."""


@functools.cache
def tracer() -> Any:
    """A tracer of the OpenTelemetry API that the handler imports: the Function's own where it brings one, else the server's.

    Its spans go where the global provider sends them: that of tracing/sdk.py, one of the handler's own, or nowhere.
    """
    # Imported when it is asked for: it takes 50 ms and more, and few handlers make spans of their own.
    from opentelemetry import trace

    return trace.get_tracer(TRACER)
