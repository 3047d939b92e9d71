"""The server's own lines in the Function's log: one JSON object a line, on stderr, as the Node.js server writes them."""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from typing import Literal

Level = Literal['info', 'warn', 'error']

_lock = threading.Lock()


def note(level: Level, message: str, *, error: BaseException | None = None, trace_id: str | None = None) -> None:
    """One line, whole even where many threads write; `trace_id` is that of the request that it is about."""
    line: dict[str, object] = {'level': level, 'time': _now(), 'msg': message}
    if trace_id is not None:
        line['traceId'] = trace_id
    if error is not None:
        line['error'] = {'name': type(error).__name__, 'message': text_of(error), 'stack': trace_of(error)}
    text = json.dumps(line, ensure_ascii=False, separators=(',', ':'))
    with _lock:
        # What UTF-8 cannot write, such as half of a surrogate pair, is escaped by stderr itself ("backslashreplace").
        sys.stderr.write(f'{text}\n')
        sys.stderr.flush()


def _now() -> str:
    seconds = time.time()
    return f'{time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))}.{int(seconds * 1000) % 1000:03d}Z'


def text_of(error: BaseException) -> str:
    """Its message; an exception whose `__str__` fails must not take the log line with it."""
    try:
        return str(error)
    except Exception:
        return 'an exception that has no text'


def trace_of(error: BaseException) -> str:
    """The trace of `error` from the first frame that is not the server's."""
    frames = error.__traceback__
    while frames is not None and _is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return ''.join(traceback.format_exception(type(error), error, frames or error.__traceback__)).rstrip()


def _is_ours(file: str) -> bool:
    return file.startswith((_HERE, '<frozen importlib'))


_HERE = __file__.removesuffix('journal.py')
