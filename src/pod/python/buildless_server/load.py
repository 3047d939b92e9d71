"""Loads the handler; where that fails, says where, what was looked for and what is there."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable
from types import FunctionType, ModuleType

from .journal import trace_of
from .own import later
from .settings import Settings
from .stop import CannotStart
from .type_names import Any

Handler = Callable[..., Any]

PARAMETERS = {'event': ('event', 'context'), 'http': ()}
"""What a handler of each API is called with."""
OTHER_API = {
    'event': 'take two parameters, or set the annotation buildless.dev/api: http for a handler that reads flask.request.',
    'http': 'take none and read flask.request, or set the annotation buildless.dev/api: event.',
}

IN_KYMAS_IMAGE = {'requests': 'requests', 'pkg_resources': 'setuptools', 'gevent': 'gevent'}
"""Modules that Kyma's images have and this one has not -> what to declare."""


def load_handler(settings: Settings) -> Handler:
    """The function that `settings` names; raises CannotStart."""
    file = _find_file(settings)
    top = settings.module.partition('.')[0]
    if top in sys.modules:
        raise CannotStart(
            f'{file}: the module cannot be called {top}, since Python has one of that name which is already loaded. '
            'Rename the file, and MOD_NAME (annotation buildless.dev/handler) with it.'
        )
    try:
        module = importlib.import_module(settings.module)
    except SyntaxError as error:
        raise _syntax_error(error, file) from None
    except ModuleNotFoundError as error:
        raise _missing_module(error, settings, file) from None
    except BaseException as error:
        raise _failed(error, settings, file) from None
    return _find_export(module, settings, file)


def _find_file(settings: Settings) -> str:
    """Path of the handler's module: PATH.py or PATH/__init__.py."""
    base = os.path.join(settings.folder, *settings.module.split('.'))
    for file in (f'{base}.py', os.path.join(base, '__init__.py')):
        if os.path.isfile(file):
            return file
    relative = os.path.relpath(base, settings.folder)
    raise CannotStart(
        f'{settings.folder}: the handler is missing.\n'
        f'  looked for: {relative}.py or {relative}/__init__.py (MOD_NAME is {settings.module!r})\n'
        f'  found:      {_listing(_files(settings.folder))}\n'
        '  to fix it:  name the file and the function in the annotation buildless.dev/handler, as FILE.EXPORT.'
    )


def _find_export(module: ModuleType, settings: Settings, file: str) -> Handler:
    """`FUNC_HANDLER` of `module`, callable with the arguments of its API."""
    parameters = PARAMETERS[settings.api]
    wanted = f'def {settings.export}({", ".join(parameters)})'
    found: Handler | None = getattr(module, settings.export, None)
    if not callable(found):
        functions = _functions(module)
        near = _near(settings.export, functions)
        meant = f' Did you mean {near[0]}?' if near else ''
        what = 'is not a function' if hasattr(module, settings.export) else 'is missing'
        raise CannotStart(
            f'{file}: {settings.export} {what}.\n'
            f'  looked for: {wanted} (FUNC_HANDLER is {settings.export!r})\n'
            f'  found:      {_listing(functions)}\n'
            '  to fix it:  define it, or name the function in the annotation buildless.dev/handler, as FILE.EXPORT.'
            f'{meant}'
        )
    if _takes(found, len(parameters)):
        return found
    import inspect

    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return found
    try:
        signature.bind(*parameters)
    except TypeError:
        code = getattr(inspect.unwrap(found), '__code__', None)
        raise CannotStart(
            f'{file}{f", line {code.co_firstlineno}" if code else ""}: {settings.export} cannot be called.\n'
            f'  looked for: {wanted}\n'
            f'  found:      def {settings.export}{signature}\n'
            f'  to fix it:  {OTHER_API[settings.api]}'
        ) from None
    return found


VARIABLE_ARGUMENTS = 0x04
"""CO_VARARGS of Python's `inspect`: the flag of a function that has `*args`."""


def _takes(found: Handler, number: int) -> bool:
    """Whether it is a plain function that takes `number` arguments; `inspect` has to tell of all others."""
    if type(found) is not FunctionType or vars(found):
        return False
    code = found.__code__
    most = float('inf') if code.co_flags & VARIABLE_ARGUMENTS else code.co_argcount
    least = code.co_argcount - len(found.__defaults__ or ())
    return least <= number <= most and code.co_kwonlyargcount == len(found.__kwdefaults__ or {})


def _near(name: str, names: Iterable[str]) -> list[str]:
    """The one of `names` that may be meant, if there is one."""
    import difflib

    return difflib.get_close_matches(name, names, 1)


def _syntax_error(error: SyntaxError, file: str) -> CannotStart:
    where = f'{error.filename or file}, line {error.lineno}' if error.lineno else error.filename or file
    shown = ''.join(later('traceback').format_exception_only(type(error), error)).rstrip().split('\n')
    return CannotStart('\n'.join([f'{where}: {type(error).__name__}: {error.msg}', *(shown[1:-1])]))


def _missing_module(error: ModuleNotFoundError, settings: Settings, file: str) -> CannotStart:
    name = error.name or ''
    top = name.partition('.')[0]
    packages = sorted(_packages(settings.packages))
    near = _near(top, packages)
    if top in IN_KYMAS_IMAGE:
        package = IN_KYMAS_IMAGE[top]
        fix = f"add {package} with its version to requirements.txt. Kyma's image includes it; Buildless's does not."
    elif near:
        fix = f'import {near[0]}, or add the package that has {top} to requirements.txt, with its version.'
    else:
        fix = f'add the package that has {top} to requirements.txt, with its version.'
    version = f'Python {sys.version_info.major}.{sys.version_info.minor}'
    return CannotStart(
        f'{_place(error, settings, file)}: {error}.\n'
        f'  looked for: {name} in {settings.folder}, in its installed packages, and in {version}\n'
        f'  found:      {_listing(_files(settings.folder))}; installed: {_listing(packages)}\n'
        f'  to fix it:  {fix}'
    )


def _failed(error: BaseException, settings: Settings, file: str) -> CannotStart:
    """Anything else that the module raised while it was loaded, `sys.exit()` included."""
    text = f': {error}' if str(error) else ''
    return CannotStart(
        f'{_place(error, settings, file)}: {type(error).__name__}{text}\n'
        f'  looked for: {settings.export} in the module {settings.module}, which raised this while it was loaded',
        trace_of(error),
    )


def _place(error: BaseException, settings: Settings, file: str) -> str:
    """FILE, line N: CODE of the last frame in the author's own code."""
    place = file
    traceback = later('traceback')
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name.startswith(settings.folder + os.sep) and not name.startswith(settings.packages + os.sep):
            code = traceback.linecache.getline(name, line).strip()
            place = f'{name}, line {line}: {code}' if code else f'{name}, line {line}'
    return place


def _functions(module: ModuleType) -> list[str]:
    return [name for name, value in vars(module).items() if callable(value) and not name.startswith('_')]


def _files(folder: str) -> list[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    hidden = ('.', '__pycache__')
    return [entry.name + ('/' if entry.is_dir() else '') for entry in entries if not entry.name.startswith(hidden)]


def _packages(folder: str) -> Iterable[str]:
    for name in _files(folder):
        if not name.endswith('-info/') and name != 'bin/':
            yield name.removesuffix('/').removesuffix('.py')


def _listing(names: list[str]) -> str:
    if not names:
        return 'nothing'
    return ', '.join(names[:12]) + (f' and {len(names) - 12} more' if len(names) > 12 else '')
