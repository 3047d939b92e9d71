"""The server's own lines in the Function's log: one JSON object a line, on stderr, as the Node.js server writes them.

Written to a descriptor of the server's own: a handler may close or replace `sys.stderr`, and descriptor 2 as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from json.encoder import encode_basestring as _quoted
from types import TracebackType

from .own import later, os, select, threading, time
from .type_names import Literal

Level = Literal['info', 'warn', 'error']

try:
    _DESCRIPTOR = os.dup(2)
except OSError:
    # The process was started without a stderr.
    _DESCRIPTOR = -1
_PATIENCE = 1.0
"""Seconds that a line waits for a reader, if stderr does not block."""

_lock = threading.Lock()
_quote = {'text': _quoted}
"""In a dict, where nothing that replaces functions of modules finds it."""


def note(level: Level, message: str, *, error: BaseException | None = None, trace_id: str | None = None) -> None:
    """One line, whole even if many threads write; `trace_id` is that of the request that it is about. Never raises."""
    line = _line(level, message, error, trace_id)
    with _lock:
        write(line)


def note_at_once(level: Level, message: str, *, error: BaseException | None = None) -> None:
    """The same without the lock, for a caller that may have interrupted whoever has it: a signal handler."""
    write(_line(level, message, error, None))


def write(text: str) -> None:
    """Put `text` into the log as it is."""
    # Half of a surrogate pair, which UTF-8 cannot write, is escaped as in JSON.
    rest = f'{text}\n'.encode('utf-8', 'backslashreplace')
    while rest:
        try:
            rest = rest[os.write(_DESCRIPTOR, rest) :]
        except BlockingIOError:
            if not select.select([], [_DESCRIPTOR], [], _PATIENCE)[1]:
                return
        except OSError:
            # Nobody reads the log.
            return


def _line(level: Level, message: str, error: BaseException | None, trace_id: str | None) -> str:
    quote = _quote['text']
    fields = [f'"level":"{level}"', f'"time":"{_now()}"', f'"msg":{quote(message)}']
    if trace_id is not None:
        fields.append(f'"traceId":{quote(trace_id)}')
    if error is not None:
        name, text, stack = quote(type(error).__name__), quote(text_of(error)), quote(trace_of(error))
        fields.append(f'"error":{{"name":{name},"message":{text},"stack":{stack}}}')
    return f'{{{",".join(fields)}}}'


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
    frames = frames or error.__traceback__
    try:
        return ''.join(later('traceback').format_exception(type(error), error, frames)).rstrip()
    except Exception:
        # There may be no descriptor left to read it with, what `traceback` is made of can be replaced by a handler, and an
        # exception's attributes are the handler's own.
        return '\n'.join([*_places(frames), f'{type(error).__name__}: {text_of(error)}'])


def _places(frames: TracebackType | None) -> Iterator[str]:
    """Where an exception came through, without the lines of code."""
    while frames is not None:
        code = frames.tb_frame.f_code
        yield f'  File "{code.co_filename}", line {frames.tb_lineno}, in {code.co_name}'
        frames = frames.tb_next


def _is_ours(file: str) -> bool:
    return file.startswith((_HERE, '<frozen importlib'))


_HERE = __file__.removesuffix('journal.py')
