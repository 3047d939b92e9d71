"""Python's modules as they are before a handler is loaded, for the server alone.

A handler may replace what it likes: a test double for `time.time`, `json.dumps` of another library, `sys.stderr` of
`contextlib.redirect_stderr`, which two overlapping calls never put back. The server depends on none of it. Its modules
import `time`, `threading` and the others from here: copies that nobody else has, so that not even a tool that walks through
all loaded modules (freezegun) finds them.
"""

from __future__ import annotations

import _thread
import contextvars as _contextvars
import json as _json
import os as _os
import select as _select
import signal as _signal
import socket as _socket
import threading as _threading
import time as _time
from _queue import SimpleQueue as SimpleQueue
from collections.abc import Callable
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

from .type_names import Any


def copy_of(module: ModuleType) -> Any:
    """A module with the same contents, which is nobody else's."""
    copy = ModuleType(module.__name__)
    vars(copy).update(vars(module))
    return copy


contextvars = copy_of(_contextvars)
json = copy_of(_json)
os = copy_of(_os)
select = copy_of(_select)
signal = copy_of(_signal)
socket = copy_of(_socket)
threading = copy_of(_threading)
time = copy_of(_time)

_STDLIB = [os.path.dirname(_os.__file__)]
_later: dict[str, Any] = {}


def later(name: str) -> Any:
    """A module of Python that few calls need, loaded from its file when the first one does, for the server alone."""
    module = _later.get(name)
    if module is None:
        spec = PathFinder.find_spec(name, _STDLIB)
        if spec is None or spec.loader is None:
            raise ImportError(f'Python has no {name}')
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        _later[name] = module
    return module


_start_new_thread = copy_of(_thread).start_new_thread


def start_thread(target: Callable[..., object], name: str, *args: object) -> None:
    """Run `target` in a thread that does not keep the process from ending; raises RuntimeError if there can be no more.

    A `Thread` is made of other parts of its module, which a handler may have replaced: then it is a thread without a name.
    """
    try:
        thread = threading.Thread(target=target, name=name, args=args, daemon=True)
    except Exception:
        _start_new_thread(target, args)
    else:
        thread.start()


_DAYS = ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')
_MONTHS = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')
_dates: dict[int, str] = {}


def http_date() -> str:
    """Now, as RFC 9110 (5.6.7) writes it, whatever the locale is; written once a second."""
    second = int(time.time())
    date = _dates.get(second)
    if date is None:
        now = time.gmtime(second)
        date = (
            f'{_DAYS[now.tm_wday]}, {now.tm_mday:02d} {_MONTHS[now.tm_mon - 1]} {now.tm_year} '
            f'{now.tm_hour:02d}:{now.tm_min:02d}:{now.tm_sec:02d} GMT'
        )
        _dates.clear()
        _dates[second] = date
    return date
