"""The event loop for `async def` handlers.

One loop for the whole process, in a thread of its own, so that what a module makes once (a client, a lock) serves
every call. A handler that blocks holds up the other `async` calls, as in any asyncio server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Iterator
from concurrent.futures import Future

from .calls import Call
from .journal import note
from .own import contextvars, start_thread, threading
from .type_names import Any


class Coroutines:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def result(self, awaitable: Awaitable[Any], call: Call) -> Any:
        """Wait for what a handler returned; `call` gets the means to cancel it."""
        call.task = self._submit(awaitable)
        return _unwrap(call.task)

    def pieces(self, source: AsyncIterable[Any]) -> Iterator[Any]:
        """An async generator, for a thread that is not the loop's."""
        iterator = aiter(source)
        # One for all pieces: what the generator sets before one `yield` it finds after it.
        context = contextvars.copy_context()
        try:
            while True:
                try:
                    yield _unwrap(self._submit(_in_context(anext(iterator), context)))
                except StopAsyncIteration:
                    return
        finally:
            if hasattr(iterator, 'aclose'):
                _unwrap(self._submit(_in_context(iterator.aclose(), context)))

    def _submit(self, awaitable: Awaitable[Any]) -> Future[Any]:
        # The task has a copy of this thread's context: the call's.
        return asyncio.run_coroutine_threadsafe(_guarded(awaitable), self._started())

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                start_thread(self._run, 'async handlers', self._loop)
            return self._loop

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        while True:
            try:
                loop.run_forever()
            except BaseException as error:
                # asyncio lets SystemExit and KeyboardInterrupt of a task end the loop; a task of the handler's own
                # making is not guarded.
                note('error', f'{type(error).__name__} in a task of an async handler', error=error)


def _unwrap(future: Future[Any]) -> Any:
    """The result, once it is there; raises what the awaitable raised."""
    value, error = future.result()
    if error is not None:
        raise error
    return value


async def _guarded(awaitable: Awaitable[Any]) -> tuple[Any, BaseException | None]:
    """Its value or its error: an error that left a task as SystemExit would end the loop, with every other call."""
    try:
        return await awaitable, None
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        return None, error


async def _in_context(awaitable: Awaitable[Any], context: Any) -> Any:
    """What `awaitable` gives, run in `context`."""
    value, error = await asyncio.get_running_loop().create_task(_guarded(awaitable), context=context)
    if error is not None:
        raise error
    return value
