"""Reads a body in chunks (RFC 9112, 7.1), for Cheroot, whose own reader takes `0x10`, `1_0` and `-1` for sizes."""

from __future__ import annotations

import re

from cheroot.server import ChunkedRFile

from .type_names import Any

_SIZE = re.compile(rb'([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n')
LINE = 4096
"""Bytes of a line with a size, and of one of a trailer."""
TRAILER = 64 * 1024


class Chunks(ChunkedRFile):  # type: ignore[misc]
    def _fetch(self) -> None:
        if self.closed:
            return
        line = self.rfile.readline(LINE)
        self.bytes_read += len(line)
        found = _SIZE.fullmatch(line)
        if found is None:
            raise ValueError('the size of a chunk is malformed')
        size = int(found[1], 16)
        if size == 0:
            self.closed = True
            return
        if self.maxlen and self.bytes_read + size > self.maxlen:
            raise OSError('Request Entity Too Large')
        chunk = self.rfile.read(size)
        self.bytes_read += len(chunk)
        self.buffer += chunk
        if self.rfile.read(2) != b'\r\n':
            raise ValueError('a chunk is longer than its size')

    def read_trailer_lines(self) -> Any:
        """Yield the lines after the last chunk."""
        size = 0
        while (line := self.rfile.readline(LINE)) != b'\r\n':
            size += len(line)
            if not line.endswith(b'\r\n') or size > TRAILER:
                raise ValueError('the trailer is malformed')
            yield line
