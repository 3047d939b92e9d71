"""Cheroot, set up for a Function."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Callable

from cheroot.wsgi import Gateway_10, Server

from .answer import Environ
from .chunked import Chunks
from .journal import note
from .own import time
from .request import FunctionConnection
from .turn_away import turn_away
from .type_names import Any
from .workers import Workers

BACKLOG = 512
IDLE = 75
"""Seconds that an idle connection is kept: longer than common proxies keep theirs, else they meet a closed one."""
STALLED = 10
"""Seconds that a client may send or take nothing in the middle of a request, which holds a thread."""
LAST = 2
"""The same for a request that has not begun to arrive when the server stops."""
SETTLE = 0.05
"""Seconds for a connection that has begun to be complete."""


class StreamBroken(Exception):
    """Cuts an answer short whose generator failed: the client must see that the end is missing. Already logged."""


class RequestGateway(Gateway_10):
    """Lets the application see its request, besides what WSGI has."""

    def get_environ(self) -> Environ:
        if self.req.chunked_read:
            self.req.rfile = Chunks(self.req.conn.rfile, 0)
        environ: Environ = super().get_environ()
        environ['buildless.request'] = self.req
        self.req.conn.served = True
        # The socket takes IPv6 and IPv4; handlers know IPv4 addresses as they are written.
        environ['REMOTE_ADDR'] = environ['REMOTE_ADDR'].removeprefix('::ffff:')
        return environ


class Connection(socket.socket):
    """A socket that was accepted; made by its own name, as a handler may put a class of its own in the place of `socket.socket`."""


class Listener(socket.socket):
    def accept(self) -> tuple[socket.socket, Any]:
        descriptor, address = self._accept()  # type: ignore[attr-defined]
        return Connection(self.family, self.type, self.proto, fileno=descriptor), address


class FunctionServer(Server):
    ConnectionClass = FunctionConnection

    def __init__(self, host: str, port: int, application: Callable[..., Any], threads: int) -> None:
        super().__init__((host, port), application, request_queue_size=BACKLOG, timeout=IDLE)
        self.gateway = RequestGateway
        self.requests = Workers(self, threads)
        self.server_name = 'buildless'
        self.keep_alive_conn_limit = None
        self.max_request_header_size = 64 * 1024

    @classmethod
    def prepare_socket(cls, *args: Any, **kwargs: Any) -> socket.socket:
        prepared = super().prepare_socket(*args, **kwargs)
        return Listener(prepared.family, prepared.type, prepared.proto, fileno=prepared.detach())

    def process_conn(self, conn: Any) -> None:
        """Serve a connection on which something arrived; Cheroot gives a thread to one that is merely open."""
        if conn.last_used is None:
            conn.socket.settimeout(STALLED)
            self.put_conn(conn)
        else:
            self.requests.put(conn)

    def stop(self) -> None:
        """Stop accepting, and wait for the requests that run.

        Cheroot would reset connections that the kernel took and nobody accepted yet, and those on which the request is
        still to arrive: they are served before. (`_connections` is Cheroot's own; its version is pinned.)
        """
        if self.ready:
            connections = self._connections
            connections.stop()
            turn_away(self.socket)
            time.sleep(SETTLE)
            self.socket.settimeout(0)
            accepted = [conn for _, conn in connections._selector.connections if conn is not self]
            last = [conn for conn in accepted if not hasattr(conn, 'served')]
            for conn in last:
                connections._selector.unregister(conn.socket.fileno())
            while (conn := connections._from_server_socket(self.socket)) is not None:
                last.append(conn)
            self.socket.close()
            for conn in last:
                conn.socket.settimeout(LAST)
                conn.last_used = 0
                self.requests.put(conn)
        super().stop()

    def error_log(self, msg: str = '', level: int = 20, traceback: bool = False) -> None:
        """Cheroot's own messages: a client that went away is not worth a line, a trace is."""
        error = sys.exc_info()[1]
        if traceback and error is not None and not isinstance(error, (StreamBroken, ConnectionError, TimeoutError)):
            note('error', msg, error=error)


def listen(port: int, application: Callable[..., Any], threads: int) -> FunctionServer:
    """A server whose socket is bound; raises OSError where the port is taken.

    IPv6 and IPv4 where the machine has both, since a cluster may have either.
    """
    with contextlib.suppress(OSError):
        return _bound('::', port, application, threads)
    return _bound('0.0.0.0', port, application, threads)


def _bound(host: str, port: int, application: Callable[..., Any], threads: int) -> FunctionServer:
    server = FunctionServer(host, port, application, threads)
    server.prepare()
    return server
