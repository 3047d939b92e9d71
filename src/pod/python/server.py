"""Starts a Python Function: `python3 /buildless/runtime/server.py`, in a stock image, with nothing installed for it."""

from __future__ import annotations

import os
import sys


def start() -> int:
    """Serve until SIGTERM; returns the exit status."""
    runtime = os.path.dirname(os.path.abspath(__file__))
    # PYTHONPATH puts the Function's folder before the standard library: a `queue.py` of the author's must not become
    # the server's. It comes back before the handler is loaded (buildless_server/packages.py).
    aside = {os.path.realpath(entry) for entry in os.environ.get('PYTHONPATH', '').split(os.pathsep) if entry}
    original = [entry for entry in sys.path if os.path.realpath(entry) != os.path.realpath(runtime)]
    sys.path[:] = [runtime, *(entry for entry in original if os.path.realpath(entry) not in aside)]
    from buildless_server.compiled import use_compiled

    use_compiled(runtime, os.environ.get('BUILDLESS_API'))
    from buildless_server.program import run

    return run(runtime, original)


# Guarded, as `multiprocessing` imports the main module again in the processes that a handler may start.
if __name__ == '__main__':
    sys.exit(start())
