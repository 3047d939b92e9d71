"""The calls that run, and what becomes of those that run too long.

A thread cannot be stopped from outside. A call that is past its time is answered 408 by the watch; its thread is given
up and goes on (as in Kyma and in Node.js), and the pool starts another in its place. So that endless loops cannot eat
the process up, no more of these go on than the pool has threads: then the oldest is asked to end, by an exception.
"""

from __future__ import annotations

from collections.abc import Callable

from .answer import Environ
from .journal import note
from .own import start_thread, threading, time
from .tracing.call_span import CallSpan, trace_id_in
from .type_names import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Future


class Abandoned(BaseException):
    """Ends a thread whose call was answered 408 already; no `except Exception` stops it."""


class Call:
    __slots__ = ('environ', 'failed', 'method', 'span', 'started', 'thread', 'task')

    def __init__(self, environ: Environ, span: CallSpan | None) -> None:
        self.environ = environ
        self.failed = False
        self.method: str = environ['REQUEST_METHOD']
        self.span = span
        self.started = time.monotonic()
        self.thread = threading.get_ident()
        self.task: Future[Any] | None = None
        """Set while an `async` handler runs: it can be cancelled."""

    @property
    def connection(self) -> Any:
        return self.environ['buildless.request'].conn

    @property
    def path(self) -> str:
        path: str = self.environ['PATH_INFO']
        return path

    @property
    def trace_id(self) -> str | None:
        """The span's, else the one that the request names."""
        return trace_id_in(self.environ) if self.span is None else self.span.trace_id

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


class Calls:
    def __init__(self, timeout: float, most_abandoned: int, on_timeout: Callable[[Call], None]) -> None:
        self._timeout = timeout
        self._most_abandoned = most_abandoned
        self._on_timeout = on_timeout
        self._lock = threading.Lock()
        self._running: set[Call] = set()
        self._abandoned: dict[Call, bool] = {}
        """In the order of their time; whether it was asked to end."""
        start_thread(self._watch, 'watch')

    def begin(self, call: Call) -> None:
        with self._lock:
            self._running.add(call)

    def end(self, call: Call) -> bool:
        """Whether the call is still to be answered; False if the watch did it."""
        with self._lock:
            if call in self._running:
                self._running.remove(call)
                return True
            self._abandoned.pop(call, None)
            return False

    def _watch(self) -> None:
        while True:
            time.sleep(self._until_next())
            for call in self._overdue():
                try:
                    self._on_timeout(call)
                    note(
                        'warn',
                        f'{call.method} {call.path} took longer than FUNC_TIMEOUT ({self._timeout:g} s): answered 408. '
                        f'{self._give_up(call)}',
                        trace_id=call.trace_id,
                    )
                except Exception as error:
                    note('error', 'answering 408 failed', error=error, trace_id=call.trace_id)

    def _until_next(self) -> float:
        """Seconds until the next call can be overdue. All have the same time, so one that begins later is not sooner."""
        with self._lock:
            first = min((call.started for call in self._running), default=time.monotonic())
        return max(0.001, first + self._timeout - time.monotonic())

    def _overdue(self) -> list[Call]:
        """The calls that are past their time, which are the watch's from now on."""
        latest = time.monotonic() - self._timeout
        with self._lock:
            calls = sorted((call for call in self._running if call.started <= latest), key=lambda call: call.started)
            for call in calls:
                self._running.remove(call)
                self._abandoned[call] = False
        return calls

    def _give_up(self, call: Call) -> str:
        """Cancel what can be cancelled, end the oldest calls where too many go on; says what happened."""
        if call.task is not None and call.task.cancel():
            return 'Its coroutine was cancelled.'
        with self._lock:
            import ctypes  # Here, as a start should not wait for it.

            excess = len(self._abandoned) - self._most_abandoned
            for other, asked in list(self._abandoned.items())[: max(excess, 0)]:
                if not asked:
                    # Under the lock the thread is in that call for certain: `end` takes it out.
                    self._abandoned[other] = True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(other.thread), ctypes.py_object(Abandoned)
                    )
            return f'The handler goes on; calls that do so: {len(self._abandoned)}.'
