"""Imports Flask: the one that the Function declares, else the server's."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.machinery import PathFinder

from ..journal import trace_of
from ..settings import Settings
from ..stop import CannotStart


def load_flask(settings: Settings) -> None:
    """Raises CannotStart where the packages of the Function do not fit together."""
    path = sys.path[:]
    # The Function's folder comes first: a `queue.py` of the author's must not become Flask's. One that has Flask itself stays.
    if PathFinder.find_spec('flask', [settings.folder]) is None:
        sys.path[:] = [entry for entry in path if entry != settings.folder]
    try:
        importlib.import_module('flask')
    except Exception as error:
        raise CannotStart(
            f'Flask cannot be loaded: {type(error).__name__}: {error}\n'
            f'  looked for: Flask 3 in {os.path.relpath(settings.packages, settings.folder)}, else the server\'s own\n'
            '  to fix it:  declare flask, werkzeug and jinja2 in requirements.txt in versions that belong together, or none of them.',
            trace_of(error),
        ) from None
    finally:
        sys.path[:] = path
