"""The server's own lines in the Function's log."""

from __future__ import annotations

import sys
import threading
import traceback

_lock = threading.Lock()


def note(message: str) -> None:
    """One line on stderr, whole even where many threads write."""
    with _lock:
        sys.stderr.write(f'buildless: {message}\n')
        sys.stderr.flush()


def trace_of(error: BaseException) -> str:
    """The trace of `error` from the first frame that is not the server's."""
    frames = error.__traceback__
    while frames is not None and _is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return ''.join(traceback.format_exception(type(error), error, frames or error.__traceback__)).rstrip()


def _is_ours(file: str) -> bool:
    return file.startswith((_HERE, '<frozen importlib'))


_HERE = __file__.removesuffix('journal.py')
