"""Imports Cheroot without what it names and a Function does not need.

That is most of what a start would import: `importlib.metadata` for its own version, `email.utils` for a date, `logging` for
a few numbers, `platform` and `ssl` for what is known, and `jaraco.functools` (with the 6,000 lines of more_itertools) for a
small decorator. While Cheroot is imported it finds stand-ins for them with all that it uses; nobody else sees them. As
they belong to the server alone, what a handler replaces in the real modules does not reach it.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

from .own import SimpleQueue, copy_of, http_date, socket, start_thread, threading, time
from .type_names import Any

REAL = ('_pyio', 'contextlib', 'errno', 'io', 're', 'selectors', 'struct', 'urllib.parse')
"""What Cheroot has of Python itself; loaded before, so that none of them finds a stand-in."""


class _Full(Exception):
    """What no SimpleQueue raises."""


class _Thread:
    def __init__(self, target: Callable[[], object]) -> None:
        self._target = target

    def start(self) -> None:
        start_thread(self._target, 'cheroot')


def load_cheroot(vendor: str) -> None:
    """Import `cheroot.wsgi` from the folder `vendor`; its other modules are loaded with it."""
    for name in REAL:
        importlib.import_module(name)
    stand_ins = _stand_ins(vendor)
    before = {name: sys.modules.get(name) for name in stand_ins}
    sys.modules.update(stand_ins)
    try:
        importlib.import_module('cheroot.wsgi')
    finally:
        for name, module in before.items():
            if name.startswith('cheroot'):
                continue
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


def _stand_ins(vendor: str) -> dict[str, Any]:
    """Modules by name, with all that Cheroot uses of them."""
    sockets = copy_of(socket)
    sockets.getaddrinfo = _address_info
    return {
        'cheroot': _package(vendor),
        # The server has a pool of its own (workers.py).
        'cheroot.workers': _module('cheroot.workers', __path__=[]),
        'cheroot.workers.threadpool': _module('cheroot.workers.threadpool', ThreadPool=lambda *_, **__: None),
        'email': _module('email', __path__=[]),
        'email.utils': _module('email.utils', formatdate=lambda usegmt: http_date()),
        # `FunctionServer.error_log` (http_server.py) does not look at the levels.
        'logging': _module('logging', statistics={}, DEBUG=10, INFO=20, WARNING=30, ERROR=40, CRITICAL=50),
        'platform': _module(
            'platform',
            system=lambda: 'Windows' if os.name == 'nt' else os.uname().sysname,
            machine=lambda: '' if os.name == 'nt' else os.uname().machine,
            python_implementation=lambda: 'CPython',
        ),
        # A `Queue` is made of what a handler can replace; Cheroot uses no more of it than `get` and `put`.
        'queue': _module('queue', Queue=SimpleQueue, Full=_Full),
        'socket': sockets,
        # An import of what is None here fails, and Cheroot does without it.
        'ssl': None,
        # Of threads Cheroot uses no more than this.
        'threading': _module('threading', Thread=_Thread, Lock=threading.Lock),
        'time': time,
        # For a message of its own `error_log`, in whose place the server has another.
        'traceback': _module('traceback'),
    }


def _module(name: str, **attributes: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(attributes)
    return module


def _package(vendor: str) -> ModuleType:
    """The package without its `__init__.py`, which asks importlib.metadata for what a folder here is called."""
    spec = PathFinder.find_spec('cheroot', [vendor])
    if spec is None:
        raise ModuleNotFoundError(f'{vendor} has no cheroot')
    package = module_from_spec(spec)
    folder = next(entry for entry in os.listdir(vendor) if entry.startswith('cheroot-'))
    vars(package)['__version__'] = folder.removeprefix('cheroot-').removesuffix('.dist-info')
    return package


def _address_info(host: str, *rest: Any) -> Any:
    """`socket.getaddrinfo` for an address, which needs none of the tables of international domain names."""
    return socket.getaddrinfo(host.encode('ascii'), *rest)
