"""Reads the head of a request as RFC 9112 wants it.

Cheroot takes more than the RFC does (the last of two Content-Lengths, spaces before a colon, folded lines, `1_0`), and less
(a target that begins with two slashes, or that is a whole URL). A proxy in front that reads such a request in another way
sees another request: both must see none.
"""

from __future__ import annotations

import re

from cheroot.server import HTTPConnection, HTTPRequest

from .type_names import Any

_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(rb'[\0-\x08\x0a-\x1f\x7f]')
_DIGITS = re.compile(rb'[0-9]{1,18}')

_ONCE = frozenset((b'Content-Length', b'Transfer-Encoding', b'Host', b'Content-Type', b'Content-Encoding'))
_FRAMING = frozenset((b'Content_Length', b'Transfer_Encoding'))
"""Names that WSGI, which writes `_` for `-`, would take for those of the framing."""
_LISTS = frozenset(
    (
        *(b'Accept', b'Accept-Charset', b'Accept-Encoding', b'Accept-Language', b'Accept-Ranges', b'Allow'),
        *(b'Cache-Control', b'Connection', b'Content-Language', b'Expect', b'If-Match', b'If-None-Match', b'Pragma'),
        *(b'Proxy-Authenticate', b'Te', b'Trailer', b'Upgrade', b'Vary', b'Via', b'Warning', b'Www-Authenticate'),
    )
)
"""Headers that are joined if they come several times, as in Cheroot; of others the last one counts."""


def read_headers(rfile: Any, headers: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """The headers by name, up to the empty line; raises ValueError with the reason for a 400."""
    while (line := rfile.readline()) != b'\r\n':
        if not line.endswith(b'\r\n'):
            raise ValueError('Malformed header: a line must end with CRLF')
        if line[:1] in (b' ', b'\t'):
            raise ValueError('Malformed header: a folded line')
        name, colon, value = line[:-2].partition(b':')
        if not colon or not _NAME.fullmatch(name):
            raise ValueError('Malformed header: the name is not a token')
        if _CONTROL.search(value):
            raise ValueError('Malformed header: a control character in the value')
        name, value = name.title(), value.strip(b' \t')
        if name in headers:
            if name in _ONCE:
                raise ValueError(f'Malformed header: {name.decode()} is given twice')
            if name in _LISTS:
                value = b', '.join((headers[name], value))
        headers[name] = value
    _check_framing(headers)
    return headers


def _check_framing(headers: dict[bytes, bytes]) -> None:
    """How long the body is must be said in one way (RFC 9112, 6.3)."""
    if any(name in headers for name in _FRAMING):
        raise ValueError('Malformed header: an underscore in the name')
    length = headers.get(b'Content-Length')
    if length is not None and not _DIGITS.fullmatch(length):
        raise ValueError('Malformed Content-Length header')
    if length is not None and b'Transfer-Encoding' in headers:
        raise ValueError('Malformed header: both Content-Length and Transfer-Encoding')


class _Target:
    """A request line whose target is `/PATH`, whatever form it came in; what else there was is kept."""

    def __init__(self, rfile: Any) -> None:
        self._rfile = rfile
        self.original = b''
        self.authority = b''
        self.slashes = 0
        """Slashes at the beginning, beyond the one that is left."""

    def readline(self) -> bytes:
        line: bytes = self._rfile.readline()
        method, space, rest = line.partition(b' ')
        target, before_version, version = rest.partition(b' ')
        if not space or not before_version:
            return line
        self.original = target
        if target[:7].lower() == b'http://' or target[:8].lower() == b'https://':
            self.authority, target = _split(target.partition(b'://')[2])
        if target.startswith(b'//'):
            bare = target.lstrip(b'/')
            self.slashes = len(target) - len(bare) - 1
            target = b'/' + bare
        return b' '.join((method, target, version))


def _split(rest: bytes) -> tuple[bytes, bytes]:
    """AUTHORITY and /PATH of an absolute URL without its scheme."""
    end = min((at for at in (rest.find(mark) for mark in (b'/', b'?', b'#')) if at >= 0), default=len(rest))
    target = rest[end:]
    return rest[:end], target if target.startswith(b'/') else b'/' + target


class FunctionRequest(HTTPRequest):  # type: ignore[misc]
    header_reader = staticmethod(read_headers)

    def read_request_line(self) -> bool:
        source = self.rfile
        self.rfile = self._target = _Target(source)
        try:
            read: bool = super().read_request_line()
        except ValueError:
            # What `urlsplit` cannot take apart.
            self.simple_response('400 Bad Request', 'Malformed Request-URI')
            return False
        finally:
            self.rfile = source
        if read:
            self.uri = self._target.original
            self.path = b'/' * self._target.slashes + self.path
        return read

    def read_request_headers(self) -> bool:
        read: bool = super().read_request_headers()
        if read and self._target.authority:
            # RFC 9112, 3.2.2: it takes the place of Host.
            self.inheaders[b'Host'] = self._target.authority
        if read and self.response_protocol == 'HTTP/1.0' and b'Transfer-Encoding' in self.inheaders:
            self.simple_response('400 Bad Request', 'Malformed header: Transfer-Encoding in HTTP/1.0')
            return False
        return read


class FunctionConnection(HTTPConnection):  # type: ignore[misc]
    RequestHandlerClass = FunctionRequest
