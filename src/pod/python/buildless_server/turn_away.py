"""Keeps the kernel from taking new connections for a socket that is about to be closed."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys

_ATTACH_FILTER = 26
"""SO_ATTACH_FILTER of Linux' asm-generic/socket.h, which Python does not name."""
_FILTER = b''.join(
    struct.pack('HBBI', *instruction)
    for instruction in (
        (0x30, 0, 0, 13),  # load the byte with the flags of the TCP header, where such a filter begins to read
        (0x45, 0, 1, 0x02),  # SYN?
        (0x06, 0, 0, 0),  # drop it
        (0x06, 0, 0, 0xFFFFFFFF),  # keep the rest: what completes a connection that has begun
    )
)
"""Classic BPF: docs.kernel.org/networking/filter.html"""


def turn_away(listener: socket.socket) -> None:
    """Drop what opens a connection, so that its sender tries again a second later, when nobody listens any more.

    Else the kernel completes connections up to the moment in which `listener` is closed, and then resets those that were
    not accepted: a client has sent its request by then. Between the last `accept` and `close` Python may wait for its lock
    for milliseconds. If there is no such filter, all goes on as without it.
    """
    if sys.platform != 'linux':
        return
    with contextlib.suppress(OSError, ImportError):
        import ctypes  # Here, as a start should not wait for it.

        program = ctypes.create_string_buffer(_FILTER, len(_FILTER))
        description = struct.pack('HP', len(_FILTER) // 8, ctypes.addressof(program))
        listener.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, description)
