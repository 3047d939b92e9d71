"""Reads a request's body, within the limit, and turns it into `event['data']` by its content type."""

from __future__ import annotations

import codecs
import zlib
from urllib.parse import parse_qsl

from .answer import Environ, Refused
from .own import json
from .type_names import Any

PIECE = 64 * 1024
BROTLI_PIECE = 256
DISCARDED = 16 * 1024 * 1024
"""Bytes of a refused body that are read all the same: a client that is still sending when the connection is closed
sees a reset and never the answer."""


class Disconnected(ConnectionError):
    """The client went away in the middle of its request."""


def read_body(environ: Environ, limit: int) -> bytes:
    """The whole body, decompressed; raises Refused, or Disconnected where it is cut short."""
    body = read_bytes(environ, limit)
    encoding = environ.get('HTTP_CONTENT_ENCODING', 'identity').strip().lower()
    return body if encoding in ('', 'identity') or not body else _decompress(body, encoding, limit)


def read_bytes(environ: Environ, limit: int) -> bytes:
    """The whole body as it came; raises as `read_body`.

    Read before the handler is called, and to its end: what is left of a body would pass for the next request.
    """
    source = environ['wsgi.input']
    if environ.get('wsgi.input_terminated'):
        return _read_chunked(source, limit)
    length = int(environ.get('CONTENT_LENGTH') or 0)
    if length < 0:
        raise Refused(400, 'Malformed Content-Length header')
    if length > limit:
        raise _too_large(source, limit)
    body: bytes = source.read(length) if length else b''
    if len(body) < length:
        raise Disconnected('the body is shorter than its Content-Length')
    return body


def _read_chunked(source: Any, limit: int) -> bytes:
    # The sizes of the chunks count against Cheroot's own limit, which keeps a single chunk from filling the memory.
    source.maxlen = 2 * limit + PIECE
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := source.read(PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise _too_large(source, limit)
        # Left unread, the end of the body would pass for the beginning of the next request.
        for _ in source.read_trailer_lines():
            pass
    except ValueError as error:
        raise Refused(400, f'Malformed chunked body: {error}') from None
    except Exception as error:
        # Cheroot raises its own MaxSizeExceeded, or a bare OSError with this text.
        if 'Request Entity Too Large' in str(error):
            raise Refused(413, _limit_text(limit)) from None
        raise
    return b''.join(pieces)


def _too_large(source: Any, limit: int) -> Refused:
    discarded = 0
    try:
        while discarded < DISCARDED and (piece := source.read(PIECE)):
            discarded += len(piece)
    except Exception:
        # Whatever is wrong with the rest of a body that is refused anyway.
        pass
    return Refused(413, _limit_text(limit))


def _limit_text(limit: int) -> str:
    return f'Request body exceeds the limit of {limit} bytes'


def _decompress(body: bytes, encoding: str, limit: int) -> bytes:
    """As body-parser does for Node.js Functions; the limit holds for what comes out."""
    if encoding == 'br':
        return _unbrotli(body, limit)
    if encoding not in ('gzip', 'deflate'):
        raise Refused(415, f'Unsupported Content-Encoding: {encoding}')
    # 32 takes both the gzip and the zlib format; some clients send deflate without either.
    for window in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(plain) > limit:
            raise Refused(413, _limit_text(limit))
        if stream.eof:
            return plain
    raise Refused(400, f'The request body is not valid {encoding}')


def _unbrotli(body: bytes, limit: int) -> bytes:
    """Python has no brotli of its own: the package that the Function declares does it."""
    try:
        from brotli import Decompressor
    except ImportError:
        raise Refused(
            415, 'Unsupported Content-Encoding: br (add brotli to requirements.txt, and it is unpacked)'
        ) from None
    decompressor = Decompressor()
    pieces: list[bytes] = []
    size = 0
    try:
        # In small pieces, so that a body that unpacks to a thousand times its size is noticed early.
        for start in range(0, len(body), BROTLI_PIECE):
            piece = decompressor.process(body[start : start + BROTLI_PIECE])
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise Refused(413, _limit_text(limit))
        finished = decompressor.is_finished()
    except Refused:
        raise
    except Exception:
        # The package's own `error`.
        finished = False
    if not finished:
        raise Refused(400, 'The request body is not valid br')
    return b''.join(pieces)


def content_type_of(header: str) -> tuple[str, dict[str, str]]:
    """The media type in lower case, and its parameters."""
    kind, *parts = header.split(';')
    parameters: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition('=')
        parameters[name.strip().lower()] = value.strip().strip('"')
    return kind.strip().lower(), parameters


def is_json(kind: str) -> bool:
    return kind == 'application/json' or kind == 'text/json' or kind.endswith('+json')


def parse(body: bytes, header: str) -> object:
    """`event['data']`: None without a body and for multipart, which is left to the request's `forms` and `files`."""
    if not body:
        return None
    kind, parameters = content_type_of(header)
    if is_json(kind):
        return parse_json(body, parameters.get('charset'))
    if kind == 'application/x-www-form-urlencoded':
        return _form(decode(body, parameters.get('charset')))
    if kind.startswith('text/'):
        return decode(body, parameters.get('charset'))
    if kind.startswith('multipart/'):
        return None
    return body


def parse_json(body: bytes, charset: str | None) -> object:
    """Any JSON value, not only objects and arrays."""
    try:
        return json.loads(decode(body, charset) if charset else body)
    except RecursionError:
        raise Refused(400, 'Invalid JSON in the request body: nested too deeply') from None
    except ValueError as error:
        raise Refused(400, f'Invalid JSON in the request body: {error}') from None


def decode(body: bytes, charset: str | None) -> str:
    """Text in `charset`, else UTF-8; what does not decode becomes U+FFFD, as in Node.js."""
    try:
        name = codecs.lookup(charset or 'utf-8').name
        # Python's list also has codecs between bytes and bytes (zlib) and text and text (rot13).
        text = body.decode('utf-8-sig' if name == 'utf-8' else name, 'replace')
    except (LookupError, ValueError):
        raise Refused(415, f'Unsupported charset: {charset}') from None
    return text


def _form(text: str) -> dict[str, str | list[str]]:
    """Fields by name; one that comes several times has a list."""
    fields: dict[str, str | list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        before = fields.get(name)
        if before is None:
            fields[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            fields[name] = [before, value]
    return fields
