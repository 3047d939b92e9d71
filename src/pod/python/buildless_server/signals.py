"""SIGTERM and SIGINT, and the main thread, in which Python runs every signal handler."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

from .ending import end_now
from .journal import note, note_at_once
from .own import signal, threading
from .type_names import Any

ENDING = (signal.SIGTERM, signal.SIGINT)


def end_at_once() -> None:
    """Until the Function is loaded. As PID 1 a process has no default action for a signal: without this SIGTERM does nothing."""
    for number in ENDING:
        signal.signal(number, lambda number, frame: end_now(0))


class Stop:
    """The wish to stop. Made before the handler is loaded, which may replace what it is made of."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._loading = signal.getsignal(signal.SIGTERM)
        self._theirs: Callable[[int, FrameType | None], Any] | None = None

    def listen(self) -> None:
        """Take the signals, also if the handler's module has set its own: that one runs after the last answer.

        What other signal handlers of the module raise would come up wherever the main thread is, and end the server.
        """
        before = signal.getsignal(signal.SIGTERM)
        self._theirs = before if callable(before) and before is not self._loading else None
        for number in ENDING:
            signal.signal(number, self._ask)
        self._guard_others()

    def undisturbed(self, event: Any) -> None:
        """Wait for `event`, in the main thread. A signal handler that another one set just now may raise there."""
        while not event.is_set():
            try:
                event.wait()
            except BaseException as error:
                self._after(error)

    def _guard_others(self) -> None:
        for number in signal.valid_signals():
            handler = signal.getsignal(number)
            if number not in ENDING and callable(handler) and not isinstance(handler, _Guarded):
                signal.signal(number, _Guarded(handler, self.asked, self._after))

    def _after(self, error: BaseException | None) -> None:
        """A guarded handler has ended, which may have set others."""
        self._guard_others()
        if isinstance(error, SystemExit):
            self.asked.set()
            note_at_once('info', 'a signal handler of the Function called sys.exit()')
        elif error is not None:
            note_at_once('error', 'a signal handler of the Function failed', error=error)

    def tell_module(self) -> None:
        """Call the SIGTERM handler that the handler's module had set."""
        if self._theirs is None:
            return
        try:
            self._theirs(signal.SIGTERM, None)
        except SystemExit:
            pass
        except BaseException as error:
            note('error', 'the SIGTERM handler of the Function failed', error=error)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked.is_set():
            end_now(128 + number)
        self.asked.set()


class _Guarded:
    """A signal handler of the author's, whose errors go to `after`: it runs between any two steps of the main thread.

    Also between two of its own: a signal that comes meanwhile is handled after it, once, as if it were blocked for so long.
    """

    def __init__(
        self,
        handler: Callable[[int, FrameType | None], Any],
        asked: Any,
        after: Callable[[BaseException | None], None],
    ) -> None:
        self._handler = handler
        self._asked = asked
        self._after = after
        self._runs = self._again = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self._again = True
        if self._runs:
            return
        self._runs = True
        try:
            while self._again:
                self._again = False
                self._run(number, frame)
                if self._asked.is_set():
                    # Signals that come faster than they are handled do not keep the server from stopping.
                    break
        finally:
            self._runs = False

    def _run(self, number: int, frame: FrameType | None) -> None:
        error: BaseException | None = None
        try:
            self._handler(number, frame)
        except BaseException as raised:
            error = raised
        self._after(error)
