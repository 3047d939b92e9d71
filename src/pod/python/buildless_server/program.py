"""From start to stop: load the handler, listen, serve, and on SIGTERM finish what runs."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING

from .ending import end_now, report_endings
from .environment_defaults import apply_environment_defaults
from .health import start_health
from .journal import note
from .packages import hand_over, load_cheroot, put_server_first
from .settings import Settings, read_settings
from .stop import CannotStart, write_termination_message

if TYPE_CHECKING:
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
    # As PID 1 a process has no default action for a signal: without this SIGTERM does nothing while the handler loads.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: end_now(0))
    apply_environment_defaults(os.environ)
    termination_log = os.environ.get('BUILDLESS_TERMINATION_LOG') or '/dev/termination-log'
    try:
        settings = read_settings(os.environ)
        termination_log = settings.termination_log
        _serve(settings, runtime, path)
    except CannotStart as error:
        if error.detail:
            sys.stderr.write(f'{error.detail}\n')
        note('error', f'the Function cannot be started\n{error}')
        write_termination_message(termination_log, str(error))
        return 1
    return 0


def _serve(settings: Settings, runtime: str, path: list[str]) -> None:
    """Load and serve until asked to stop; raises CannotStart."""
    health_port = start_health(settings)
    put_server_first(runtime)
    load_cheroot()
    from .application import Application
    from .http_server import listen
    from .load import load_handler
    from .tracing.start import start_tracing

    hand_over(runtime, (settings.folder, settings.packages), path)
    tracing = start_tracing(settings, os.environ)
    report_endings(settings)
    handler = load_handler(settings)
    application = Application(handler, settings, tracing)
    try:
        server = listen(settings.port, application, settings.threads)
    except OSError as error:
        raise CannotStart(f'Port {settings.port} (FUNC_PORT) cannot be listened on: {error}') from None
    application.replace_thread = server.requests.replace
    application.seconds_without_thread = server.requests.seconds_without_thread
    server.shutdown_timeout = settings.timeout + 1

    stop = threading.Event()

    def asked_to_stop(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            end_now(128 + number)
        stop.set()

    # Set again, as the handler's module may have set its own.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked_to_stop)
    threading.Thread(target=server.serve, name='accept', daemon=True).start()
    health = '' if health_port is None else f', health on {health_port}'
    note('info', f'{settings.module}.{settings.export} listens on port {server.bind_addr[1]}{health}')
    stop.wait()
    note('info', 'asked to stop: finishing what runs')
    application.stopping = True
    _linger(server.requests)
    server.stop()
    if tracing is not None:
        tracing.shutdown()
    note('info', 'stopped')
    sys.stdout.flush()
    # Threads of the handler's that never end must not turn an orderly stop into a kill.
    guard = threading.Timer(EXIT_GRACE, end_now, (0,))
    guard.daemon = True
    guard.start()


def _linger(workers: Workers) -> None:
    """Return as soon as nobody seems to be left who has not heard that the Pod is going."""
    if workers.seconds_since_request() >= RECENT:
        return
    end = time.monotonic() + LONGEST
    wait = QUIET
    while wait > 0:
        time.sleep(wait)
        wait = min(QUIET - workers.seconds_since_request(), end - time.monotonic())
