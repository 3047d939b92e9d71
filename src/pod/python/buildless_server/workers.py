"""The threads that serve requests: a pool for Cheroot, with the interface that it documents for one.

Cheroot's own starts all threads at once and knows only one kind. Here a thread starts when it is first needed, a thread
whose call ran too long is replaced, and one more thread answers `/healthz` and `/metrics` beside the calls: fifty slow
calls must not look like a dead server.
"""

from __future__ import annotations

import socket

from .calls import Abandoned
from .journal import note
from .own import SimpleQueue, start_thread, threading, time
from .type_names import Any

PEEKED = 4096


class Workers:
    """`min`, `get`, `put`, `start` and `stop` are what Cheroot asks for."""

    def __init__(self, server: Any, most: int) -> None:
        self.min = most
        self._server = server
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._aside: SimpleQueue[Any] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._spare = 0
        """Threads that wait, less connections that wait."""
        self._aside_busy = 0
        self._last = float('-inf')
        self._taken = 0.0
        """When a thread last took a connection, or the first one began to wait for a thread."""

    def start(self) -> None:
        start_thread(self._serve_aside, 'health')

    def put(self, connection: Any) -> None:
        """Serve the request that has begun to arrive on `connection`."""
        if _asks_for_health(connection):
            with self._lock:
                self._aside_busy += 1
            self._aside.put(connection)
            return
        with self._lock:
            self._last = time.monotonic()
            self._spare -= 1
            self._grow()
            if self._spare == -1:
                self._taken = self._last
        self._queue.put(connection)

    def replace(self) -> None:
        """Give up the thread of a call that ran too long."""
        with self._lock:
            self._threads -= 1
            self._grow()

    def stop(self, timeout: float | None = None) -> None:
        """Wait until nothing runs; Cheroot calls this when no new connection can come."""
        end = None if timeout is None else time.monotonic() + timeout
        while self._busy() and (end is None or time.monotonic() < end):
            time.sleep(0.02)

    def get(self) -> Any:
        return self._queue.get()

    def seconds_since_request(self) -> float:
        """How long ago the last request came, other than for the server's own health; infinite where none has."""
        return time.monotonic() - self._last

    def seconds_without_thread(self) -> float:
        """How long requests have waited with no thread taking one up: 0 if none waits."""
        with self._lock:
            return time.monotonic() - self._taken if self._spare < 0 else 0.0

    def _busy(self) -> bool:
        with self._lock:
            return self._spare < self._threads or self._aside_busy > 0

    def _grow(self) -> None:
        """Start a thread where one is wanting; the lock is held."""
        if self._spare < 0 and self._threads < self.min:
            try:
                start_thread(self._serve, 'call')
            except RuntimeError as error:
                # At the limit of processes that the Pod has: the request waits for one of the threads there are.
                note('error', f'a thread could not be started: {error}')
            else:
                self._threads += 1
                self._spare += 1

    def _serve(self) -> None:
        try:
            while True:
                connection = self._queue.get()
                if self._spare < 0:
                    self._taken = time.monotonic()
                self._communicate(connection)
                with self._lock:
                    self._spare += 1
        except Abandoned:
            # Replaced when its call was answered 408.
            pass

    def _serve_aside(self) -> None:
        while True:
            self._communicate(self._aside.get())
            with self._lock:
                self._aside_busy -= 1

    def _communicate(self, connection: Any) -> None:
        """One request; whatever goes wrong with it, the thread goes on."""
        keep = False
        try:
            keep = connection.communicate()
        except Abandoned:
            raise
        except ConnectionError:
            pass
        except BaseException as error:
            note('error', 'serving a request failed', error=error)
        try:
            if keep:
                self._server.put_conn(connection)
            else:
                connection.close()
        except Exception as error:
            note('error', 'closing a connection failed', error=error)


def _asks_for_health(connection: Any) -> bool:
    """Whether a whole request for `/healthz` or `/metrics` has arrived, and nothing that waits for more."""
    if connection.rfile.has_data():
        return False
    try:
        start: bytes = connection.socket.recv(PEEKED, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return False
    return start.startswith((b'GET /healthz ', b'GET /metrics ')) and start.endswith(b'\r\n\r\n')
