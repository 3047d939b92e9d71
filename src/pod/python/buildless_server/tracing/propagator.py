"""In which headers a trace travels."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..type_names import Any

BY_DEFAULT = 'tracecontext,baggage,b3multi'
"""As Kyma has it, and as service meshes of its time do."""


def propagator_from(text: str) -> Any:
    """OTEL_PROPAGATORS: names with commas between; those that are not known are passed over."""
    names = {name.strip() for name in (text or BY_DEFAULT).split(',')}
    from opentelemetry.propagators.composite import CompositePropagator

    # The last that finds its header decides: where both are there, W3C Trace Context.
    return CompositePropagator([make() for name, make in _PROPAGATORS.items() if name in names])


def _b3() -> Any:
    from opentelemetry.propagators.b3 import B3SingleFormat

    return B3SingleFormat()


def _b3_multi() -> Any:
    from opentelemetry.propagators.b3 import B3MultiFormat

    return B3MultiFormat()


def _trace_context() -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator()


def _baggage() -> Any:
    from opentelemetry.baggage.propagation import W3CBaggagePropagator

    return W3CBaggagePropagator()


_PROPAGATORS: dict[str, Callable[[], Any]] = {
    'b3': _b3,
    'b3multi': _b3_multi,
    'tracecontext': _trace_context,
    'baggage': _baggage,
}


@contextmanager
def propagators_variable() -> Iterator[str]:
    """The text of OTEL_PROPAGATORS, unset meanwhile: with a name that is not known `opentelemetry.propagate` does not load."""
    text = os.environ.pop('OTEL_PROPAGATORS', None)
    try:
        yield text or ''
    finally:
        if text is not None:
            os.environ['OTEL_PROPAGATORS'] = text
