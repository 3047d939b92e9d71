"""Answers the liveness probe beside the server: a handler that computes for half a minute is busy, not dead.

In a process of its own, as small as can be, at the same port and path as the health thread of the Node.js server: a C
extension may keep Python's lock for as long as it likes, and then no thread of the server's answers anything. It asks the
server for a sign of life, and calls it dead only when that stays away for longer than any call may take. Until the handler is
loaded it says so, with 503: the first probe comes after two minutes. Readiness stays with the server.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time

from .settings import Settings
from .stop import CannotStart

GRACE = 60.0
"""Seconds beyond FUNC_TIMEOUT: by then every call should have been answered, so a process that is still silent is stuck."""
WORTH_A_WARNING = 2.0
"""Seconds; a handler that keeps Python to itself for less is not worth a line."""
QUIET = 10.0
"""Seconds between two lines."""
PULSE = 1.0
"""Seconds between two questions: as often as the kubelet asks for readiness. The first liveness probe comes after two minutes only."""
REQUEST_LIMIT = 4096
PATIENCE = 2.0
"""Seconds that a client may take to send its request."""
ANSWER = b'?'
"""Of the pipe: a question, and the same back."""
LOADED = b'!'
"""Of the pipe: the server's word that the handler is loaded."""


class Health:
    """The server's side of the health process."""

    def __init__(self, port: int, pipe: socket.socket) -> None:
        self.port = port
        self._pipe = pipe

    def loaded(self) -> None:
        """The handler is loaded: from now on the server is alive as long as it answers."""
        with contextlib.suppress(OSError):
            self._pipe.sendall(LOADED)


def start_health(settings: Settings) -> Health | None:
    """Listens on the port; None if none is set; raises CannotStart where it is taken.

    Called first of all: the fork has then no thread to lose and next to no memory that changes.
    """
    if settings.health_port is None:
        return None
    try:
        listener = _listen(settings.health_port)
    except OSError as error:
        raise CannotStart(
            f'Port {settings.health_port} (BUILDLESS_HEALTH_PORT) cannot be listened on: {error}'
        ) from None
    port: int = listener.getsockname()[1]
    ours, theirs = socket.socketpair()
    limit = settings.timeout + GRACE
    if hasattr(os, 'fork'):
        gc.freeze()
        if os.fork() == 0:
            ours.close()
            _serve_alone(listener, theirs, limit)
        listener.close()
        theirs.close()
    else:
        threading.Thread(target=_serve, args=(listener, theirs, limit), name='health', daemon=True).start()
    threading.Thread(target=_answer, args=(ours,), name='sign of life', daemon=True).start()
    return Health(port, ours)


def _listen(port: int) -> socket.socket:
    """IPv6 and IPv4 where the machine has both, since a cluster may have either."""
    if socket.has_dualstack_ipv6():
        with contextlib.suppress(OSError):
            return socket.create_server(('::', port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(('0.0.0.0', port))


def _answer(pipe: socket.socket) -> None:
    """The server's side: every question gets its answer as soon as Python gets to it."""
    with contextlib.suppress(OSError):
        while question := pipe.recv(1):
            pipe.sendall(question)


def _serve_alone(listener: socket.socket, pipe: socket.socket, limit: float) -> None:
    """The child process; ends when the server does, and not by the signals that a terminal sends to both."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        _serve(listener, pipe, limit)
    finally:
        # Nothing of the parent's is to be run or flushed here.
        os._exit(0)


def _serve(listener: socket.socket, pipe: socket.socket, limit: float) -> None:
    pulse = Pulse(limit, lambda: pipe.sendall(ANSWER))
    loaded = False
    warned_at = -QUIET
    while True:
        ready, _, _ = select.select([listener, pipe], [], [], PULSE)
        if pipe in ready:
            said = pipe.recv(64)
            if not said:
                return
            loaded = loaded or LOADED in said
            if ANSWER in said:
                pulse.answered()
            # An answer must not lead to the next question at once.
            if listener not in ready:
                continue
        now = time.monotonic()
        alive, busy = pulse.feel(now) if loaded else (False, 0.0)
        if busy >= WORTH_A_WARNING and now - warned_at >= QUIET:
            warned_at = now
            _warn(f'the handler has kept Python to itself for {busy:.0f} s: no other call is served meanwhile')
        if listener not in ready:
            continue
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                _reply(connection, alive, _words(loaded, busy))


class Pulse:
    """Tells a busy server from a dead one: it is asked for a sign of life, and answers when it gets to it."""

    def __init__(self, limit: float, ask: object) -> None:
        self._limit = limit
        self._ask = ask
        self.busy_since: float | None = None
        """When the oldest question was asked that is not answered yet."""

    def feel(self, now: float) -> tuple[bool, float]:
        """Whether it lives, and for how long it has been busy, from the answers to earlier questions; asks the next one."""
        if self.busy_since is None:
            self.busy_since = now
            if callable(self._ask):
                self._ask()
            return True, 0.0
        busy = now - self.busy_since
        return busy <= self._limit, busy

    def answered(self) -> None:
        self.busy_since = None


def _words(loaded: bool, busy: float) -> str:
    if not loaded:
        return 'the handler is not loaded yet'
    return 'OK' if busy < WORTH_A_WARNING else f'busy for {busy:.0f} s'


def _reply(connection: socket.socket, alive: bool, words: str) -> None:
    connection.settimeout(PATIENCE)
    head = b''
    while b'\r\n\r\n' not in head and len(head) < REQUEST_LIMIT:
        piece = connection.recv(REQUEST_LIMIT)
        if not piece:
            break
        head += piece
    target = head.split(b' ', 2)[1] if head.count(b' ') > 1 else b''
    if target.partition(b'?')[0] != b'/healthz':
        status, text = '404 Not Found', 'there is /healthz'
    else:
        status = '200 OK' if alive else '503 Service Unavailable'
        text = words
    lines = [
        f'HTTP/1.1 {status}',
        'Content-Type: text/plain; charset=utf-8',
        f'Content-Length: {len(text)}',
        'Connection: close',
    ]
    connection.sendall('\r\n'.join([*lines, '', text]).encode())


def _warn(message: str) -> None:
    """As journal.note, without the lock that the server held when this process was made."""
    now = time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime())
    line = json.dumps({'level': 'warn', 'time': now, 'msg': message})
    with contextlib.suppress(OSError):
        os.write(sys.stderr.fileno(), f'{line}\n'.encode())
