"""What a handler returned, once it is there: `async def` handlers and async generators."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable
from types import GeneratorType

from .calls import Call
from .own import threading
from .type_names import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .coroutines import Coroutines

ITERABLE_COROUTINE = 0x100
"""CO_ITERABLE_COROUTINE of Python's `inspect`: the flag of a generator made by `types.coroutine`."""


class Awaiting:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: Coroutines | None = None

    def settled(self, result: Any, call: Call) -> Any:
        """`result`, awaited if it can be; an async iterable becomes one for this thread."""
        if _is_awaitable(result):
            result = self._coroutines.result(result, call)
        if isinstance(result, AsyncIterable):
            result = self._coroutines.pieces(result)
        return result

    @property
    def _coroutines(self) -> Coroutines:
        # Imported when the first `async` handler is called: asyncio is a tenth of the time of a start.
        from .coroutines import Coroutines

        with self._lock:
            if self._loop is None:
                self._loop = Coroutines()
            return self._loop


def _is_awaitable(value: object) -> bool:
    """As `inspect.isawaitable`, which brings 6,000 lines with it."""
    return isinstance(value, Awaitable) or (
        isinstance(value, GeneratorType) and bool(value.gi_code.co_flags & ITERABLE_COROUTINE)
    )
