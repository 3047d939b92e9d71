"""Runs a program in a process group of its own, so that what it starts ends with it."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

# Between asking a program to end and ending it.
GRACE_SECONDS = 2.0
STOPPED = 143


@dataclass(frozen=True)
class ProgramEnd:
    """How a program ended; `code` is negative where a signal ended it."""

    code: int
    timed_out: bool
    output: str


class Stopped(Exception):
    """The Pod was told to stop."""


class Runner:
    """Holds the program that runs now, for the signals that reach this process."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None
        self._stopping = False

    def handle_signals(self) -> None:
        """PID 1 gets no default handling of signals."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def run(
        self,
        command: Sequence[str],
        directory: str,
        env: Mapping[str, str],
        timeout: float,
        on_line: Callable[[str], None],
    ) -> ProgramEnd:
        """Runs to the end, standard output and errors in one stream; raises Stopped where the Pod was told to stop."""
        lines: list[str] = []
        with subprocess.Popen(
            command,
            cwd=directory,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as child:
            self._child = child
            if self._stopping:
                self._end(child)
            timed_out = threading.Event()

            def give_up() -> None:
                timed_out.set()
                self._end(child)

            timer = threading.Timer(timeout, give_up)
            timer.daemon = True
            timer.start()
            assert child.stdout is not None
            for line in child.stdout:
                lines.append(line)
                on_line(line.rstrip("\n"))
            code = child.wait()
            timer.cancel()
            signal_group(child, signal.SIGKILL)
            self._child = None
        if self._stopping:
            raise Stopped
        return ProgramEnd(code, timed_out.is_set(), "".join(lines))

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        if self._child is None:
            raise Stopped
        self._end(self._child)

    @staticmethod
    def _end(child: subprocess.Popen[str]) -> None:
        signal_group(child, signal.SIGTERM)
        killer = threading.Timer(GRACE_SECONDS, signal_group, (child, signal.SIGKILL))
        killer.daemon = True
        killer.start()


def signal_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    """Signals whatever is left of the program."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass
