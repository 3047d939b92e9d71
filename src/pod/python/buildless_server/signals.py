"""SIGTERM and SIGINT, and the main thread, in which Python runs every signal handler."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

from .ending import end_now
from .journal import note
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
        """Take the signals, also if the handler's module has set its own: that one runs after the last answer."""
        before = signal.getsignal(signal.SIGTERM)
        self._theirs = before if callable(before) and before is not self._loading else None
        for number in ENDING:
            signal.signal(number, self._ask)

    def undisturbed(self, event: Any) -> None:
        """Wait for `event`, in the main thread. A signal handler of the author's may raise there: the server lives on."""
        while True:
            try:
                while not event.is_set():
                    event.wait()
                return
            except SystemExit:
                self.asked.set()
                note('info', 'a signal handler of the Function called sys.exit()')
            except BaseException as error:
                note('error', 'a signal handler of the Function failed', error=error)

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
