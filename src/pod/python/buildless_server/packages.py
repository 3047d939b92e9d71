"""Which packages are whose: the server's own (vendored beside it) and the Function's.

What an author sees:

- A package that the Function brings (in its folder, in `.python-packages`, or in its image) is what `import` gives the
  handler, also where the server has one of that name in another version: the server keeps its own copy to itself.
- `bottle`, `prometheus_client`, `cloudevents` (1.x, as Kyma's `python312` has) and `opentelemetry` (API and SDK) are found
  without being declared, since they are part of the contract: an answer may be a `bottle.HTTPResponse`, metrics that a
  handler adds to `prometheus_client.REGISTRY` are served at `/metrics`, and `event.tracer` is of OpenTelemetry's API.
  They come last on `sys.path`, so everything else wins.
- For the API `http` Flask with what it needs and `cloudevents` 2.x come before these. A Function of the API `event` does not
  see them.
- OpenTelemetry is one for both, as a span is the active one only for those who share the API: where the Function brings
  it, the server's spans go through the Function's API (tracing/start.py).
- `requests` and `setuptools`, which Kyma's image has as well, are not here: an undeclared package
  changes under its user with every release of the platform. The message of a failed import says what to declare.
- Neither the server's folder nor its modules (`server`, `install`) are on `sys.path`.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.machinery import PathFinder
from types import ModuleType

from .type_names import Any

LIBRARIES: dict[str, tuple[str, ...]] = {
    # What the server imports when it first needs it -> the vendored packages that take part.
    'bottle': ('bottle',),
    'prometheus_client': ('prometheus_client',),
    'prometheus_client.core': ('prometheus_client',),
    # `deprecation` takes `packaging` from whoever has it: nearly every release will do, and many Functions bring one.
    'cloudevents.http': ('cloudevents', 'deprecation'),
    'cloudevents.conversion': ('cloudevents', 'deprecation'),
}
"""Libraries that are loaded on demand, as a start with all of them takes twice the time. Cheroot is loaded at once
(cheroot_alone.py)."""

LATE = (
    *('asyncio', 'ctypes', 'dataclasses', 'difflib', 'importlib.metadata', 'inspect', 'queue', 'traceback'),
    *('urllib.error', 'urllib.request'),
)
"""Modules of Python that the server, or what it has vendored, loads on demand as well."""

_kept: dict[str, ModuleType] = {}


def library(name: str) -> Any:
    """The server's own copy of one of LIBRARIES."""
    return _kept.get(name) or importlib.import_module(name)


def loaded(name: str) -> list[Any]:
    """Every copy of one of LIBRARIES that is loaded: the one that the handler imports, and the server's."""
    copies = (sys.modules.get(name), _kept.get(name))
    return [copy for copy in copies if copy is not None]


ONLY_EVENT = frozenset(('bottle', 'cloudevents.http', 'cloudevents.conversion'))
"""Those of LIBRARIES that only the API `event` needs. `cloudevents.http` is of 1.x: loaded, it would be what a handler of the API `http`
finds in the place of 2.x."""


def put_server_first(runtime: str) -> str:
    """Let imports find the vendored packages before all others, until `hand_over`; the folder that has them."""
    vendor = os.path.join(runtime, 'vendor')
    sys.path.insert(0, vendor)
    return vendor


def hand_over(runtime: str, folders: Sequence[str], original: Sequence[str], http: bool) -> None:
    """Give `sys.path` to the Function: its `folders`, then the `original` path, then what the server can lend."""
    vendor = os.path.join(runtime, 'vendor')
    lent = [os.path.join(runtime, 'vendor-http'), vendor] if http else [vendor]
    path: list[str] = []
    for entry in (*folders, *original):
        if entry not in path:
            path.append(entry)
    theirs = [name for name in _vendored(vendor) if _is_package(name, path)]
    shadowed = _shadow_python(folders)
    for name, needed in LIBRARIES.items():
        if http and name in ONLY_EVENT:
            continue
        if shadowed or any(package in theirs for package in needed):
            _kept[name] = importlib.import_module(name)
    if shadowed:
        for name in LATE:
            importlib.import_module(name)
    for module in list(sys.modules):
        if module.partition('.')[0] in theirs:
            del sys.modules[module]
    sys.path[:] = [*path, *lent]


def _shadow_python(folders: Iterable[str]) -> bool:
    """Whether the Function has a module that is called as one of Python's, which a later import would take for it."""
    for folder in folders:
        names = {entry.removesuffix('.py') for entry in (os.listdir(folder) if os.path.isdir(folder) else ())}
        if any(_is_package(name, [folder]) for name in names & sys.stdlib_module_names):
            return True
    return False


def _vendored(vendor: str) -> list[str]:
    """Names of the modules in `vendor`."""
    return [entry.removesuffix('.py') for entry in os.listdir(vendor) if not entry.endswith('-info')]


def _is_package(name: str, path: list[str]) -> bool:
    """Whether `import` would take `name` from `path` before `vendor`; a folder with no `__init__.py` comes after it."""
    spec = PathFinder.find_spec(name, path)
    return spec is not None and spec.loader is not None and spec.origin is not None
