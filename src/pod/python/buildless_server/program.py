"""From start to stop: load the handler, listen, serve, and on SIGTERM finish what runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from .cheroot_alone import load_cheroot
from .compiled import leave_compiled
from .ending import end_now, report_endings
from .environment_defaults import apply_environment_defaults
from .health import start_health
from .journal import note, write
from .own import start_thread, threading, time
from .packages import hand_over, put_server_first
from .settings import Settings
from .signals import Stop, end_at_once
from .stop import CannotStart, write_termination_message
from .type_names import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .application import Api
    from .workers import Workers

RECENT = 10
QUIET = 0.8
"""Seconds: a server that had requests in the last RECENT ones goes on accepting until for so long none has come, so that
whoever holds a connection hears `Connection: close` instead of finding it closed, and proxies hear that the Pod is going."""
LONGEST = 3
"""Seconds in which it ends at the latest: kube-proxy may be one late by itself (its `minSyncPeriod`), after the API
server's own delay."""
EXIT_GRACE = 5
"""Seconds for `atexit` functions and threads of the handler's own after the last request."""


def run(runtime: str, path: list[str]) -> int:
    """Serve the Function that the environment describes; the exit status. `path` is `sys.path` as Python made it."""
    end_at_once()
    apply_environment_defaults(os.environ)
    termination_log = os.environ.get('BUILDLESS_TERMINATION_LOG') or '/dev/termination-log'
    try:
        settings = Settings(os.environ)
        termination_log = settings.termination_log
        _serve(settings, runtime, path)
    except CannotStart as error:
        if error.detail:
            write(error.detail)
        note('error', f'the Function cannot be started\n{error}')
        write_termination_message(termination_log, str(error))
        return 1
    return 0


def _serve(settings: Settings, runtime: str, path: list[str]) -> None:
    """Load and serve until asked to stop; raises CannotStart."""
    health = start_health(settings)
    vendor = put_server_first(runtime)
    load_cheroot(vendor)
    from .application import Application
    from .http_server import listen
    from .tracing.call_span import is_asked_for

    load_api = _import_api(settings, runtime, path)
    leave_compiled()
    tracing = None
    if is_asked_for(os.environ):
        from .tracing.start import start_tracing

        tracing = start_tracing(settings, os.environ)
    report_endings(settings)
    stop, stopped = Stop(), threading.Event()
    application = Application(load_api(settings), settings, tracing)
    stop.listen()
    try:
        server = listen(settings.port, application, settings.threads)
    except OSError as error:
        raise CannotStart(f'Port {settings.port} (FUNC_PORT) cannot be listened on: {error}') from None
    application.replace_thread = server.requests.replace
    application.seconds_without_thread = server.requests.seconds_without_thread
    server.shutdown_timeout = settings.timeout + 1
    if health is not None:
        health.loaded()

    def serve_until_asked_to_stop() -> None:
        try:
            start_thread(server.serve, 'accept')
            aside = '' if health is None else f', health on {health.port}'
            note('info', f'{settings.module}.{settings.export} listens on port {server.bind_addr[1]}{aside}')
            stop.asked.wait()
            note('info', 'asked to stop: finishing what runs')
            application.stopping = True
            _linger(server.requests)
            server.stop()
            if tracing is not None:
                tracing.shutdown()
        except BaseException as error:
            note('error', 'the server failed', error=error)
        finally:
            stopped.set()

    # In a thread of its own: Python runs signal handlers in the main thread, where an author's may take its time.
    start_thread(serve_until_asked_to_stop, 'server')
    stop.undisturbed(stopped)
    # Threads of the handler's that never end must not turn an orderly stop into a kill.
    start_thread(_end_late, 'end')
    stop.tell_module()
    note('info', 'stopped')
    for name in ('stdout', 'stderr'):
        _flush(name)


def _import_api(settings: Settings, runtime: str, path: list[str]) -> Callable[[Settings], Api]:
    """Import what calls the handler, and give `sys.path` to the Function; what loads the handler. Raises CannotStart."""
    folders = (settings.folder, settings.packages)
    if settings.api == 'event':
        from .event_api import load_event_api

        hand_over(runtime, folders, path, http=False)
        return load_event_api
    hand_over(runtime, folders, path, http=True)
    from .http_api.load_flask import load_flask

    # What follows imports Flask, which may be the Function's own.
    load_flask(settings)
    from .http_api.api import load_http_api

    return load_http_api


def _flush(name: str) -> None:
    """Flush `sys.stdout` or `sys.stderr`; Python would exit with 120 for one that a handler has broken."""
    stream: Any = getattr(sys, name, None)
    try:
        stream.flush()
    except Exception:
        setattr(sys, name, None)


def _end_late() -> None:
    time.sleep(EXIT_GRACE)
    end_now(0)


def _linger(workers: Workers) -> None:
    """Return as soon as nobody seems to be left who has not heard that the Pod is going."""
    if workers.seconds_since_request() >= RECENT:
        return
    end = time.monotonic() + LONGEST
    wait = QUIET
    while wait > 0:
        time.sleep(wait)
        wait = min(QUIET - workers.seconds_since_request(), end - time.monotonic())
