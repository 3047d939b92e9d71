"""Turns what a handler returned into an answer.

As Bottle does in Kyma: str, dict, None, generators, files and `bottle.HTTPResponse`. Beyond it: lists, numbers and
booleans are JSON, `(body, status[, headers])` works, bytes are bytes.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .answer import Answer, Headers
from .journal import trace_of
from .packages import loaded

HTML = 'text/html; charset=UTF-8'
"""What Bottle, and so Kyma, calls every text."""
JSON = 'application/json'
BYTES = 'application/octet-stream'
PIECE = 64 * 1024

HOP_BY_HOP = frozenset(
    ('connection', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade')
)
"""Headers that are the server's to set (PEP 3333), which a handler copies from the answer of another server."""


class UnfitResult(Exception):
    """The handler returned what no answer can be made of."""


def answer_of(result: Any) -> Answer:
    """The answer for `result`; raises UnfitResult, or the error of an encoder."""
    if isinstance(result, str):
        return Answer(200, [('Content-Type', HTML)], result.encode())
    if isinstance(result, dict):
        return _json(result)
    if result is None:
        return Answer()
    if isinstance(result, (bytes, bytearray, memoryview)):
        return Answer(200, [('Content-Type', BYTES)], bytes(result))
    if isinstance(result, tuple) and _has_status(result):
        return _with_status(*result)
    if isinstance(result, (list, tuple, bool, int, float)):
        return _json(result)
    if is_bottle_response(result):
        return _bottle(result)
    if isinstance(result, BaseException):
        raise UnfitResult(f'it returned an exception, {trace_of(result)}')
    return _streamed(result)


def is_bottle_response(result: object) -> bool:
    """Whether it is a `bottle.HTTPResponse`, of the server's Bottle or the author's."""
    return any(isinstance(result, bottle.HTTPResponse) for bottle in loaded('bottle'))


def _json(value: object) -> Answer:
    text = json.dumps(value, ensure_ascii=False, separators=(',', ':'))
    return Answer(200, [('Content-Type', JSON)], text.encode('utf-8', 'surrogatepass'))


def _has_status(result: tuple[Any, ...]) -> bool:
    if len(result) not in (2, 3) or not isinstance(result[1], int) or isinstance(result[1], bool):
        return False
    return 100 <= result[1] <= 599 and (len(result) == 2 or isinstance(result[2], (Mapping, list, type(None))))


def _with_status(body: Any, status: int, headers: Any = None) -> Answer:
    answer = answer_of(body)
    own = header_list(headers) if headers else []
    names = {name.lower() for name, _ in own}
    answer.headers = [header for header in answer.headers if header[0].lower() not in names] + own
    answer.status = int(status)
    return answer


def header_list(headers: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Headers:
    """Headers as WSGI wants them; raises UnfitResult for one that would end the line. A list is a header for each."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    result: Headers = []
    for name, values in pairs:
        for value in values if isinstance(values, (list, tuple)) else (values,):
            text = f'{name}: {value}'
            if any(character in text for character in '\r\n\0'):
                raise UnfitResult(f'the header {name!r} has a line break in its name or value.')
            result.append((str(name), str(value).encode().decode('latin-1')))
    return result


def _bottle(response: Any) -> Answer:
    """A `bottle.HTTPResponse`, with what Bottle allows as its body."""
    body = response.body
    headers: Headers = list(response.headerlist)
    if isinstance(body, dict):
        answer = _json(body)
        headers = [header for header in headers if header[0].lower() != 'content-type'] + answer.headers
    elif any(isinstance(response, bottle.HTTPError) for bottle in loaded('bottle')):
        # Bottle would make a page of it, with the text escaped; plain text needs no escaping.
        answer = Answer(body=str(body or response.status_line).encode())
        headers = [header for header in headers if header[0].lower() != 'content-type']
        headers.append(('Content-Type', 'text/plain; charset=utf-8'))
    elif isinstance(body, str):
        answer = Answer(body=body.encode(response.charset))
    elif isinstance(body, (list, tuple)) and body and isinstance(body[0], (str, bytes)):
        answer = _streamed(body)
    else:
        answer = answer_of(body or None)
    answer.status = response._wsgi_status_line() if hasattr(response, '_wsgi_status_line') else response.status_line
    answer.headers = headers
    return answer


def _streamed(result: Any) -> Answer:
    """A file, a generator or any other iterable of str or bytes; its first piece is taken now, while errors show."""
    kind = HTML
    if isinstance(headers := getattr(result, 'headers', None), Mapping):
        # Such as the answer of another server, returned as it came.
        kind = headers.get('content-type') or HTML
    if hasattr(result, 'read'):
        source: Iterator[Any] = iter(lambda: result.read(PIECE) or None, None)
    elif isinstance(result, Iterable):
        source = iter(result)
    else:
        raise UnfitResult(
            f'it returned a value of type {type(result).__name__}, of which no answer can be made. Return str, bytes, '
            'dict, list, a number, None, a generator of str or bytes, bottle.HTTPResponse, or (body, status, headers).'
        )
    pieces = (_piece(piece) for piece in source if piece)
    first = next(pieces, None)
    if first is None:
        return Answer(200, [('Content-Type', kind)])
    return Answer(200, [('Content-Type', kind)], Pieces(itertools.chain([first], pieces), result))


def _piece(piece: Any) -> bytes:
    if isinstance(piece, str):
        return piece.encode()
    if isinstance(piece, (bytes, bytearray, memoryview)):
        return bytes(piece)
    raise UnfitResult(f'it streamed a value of type {type(piece).__name__}; only str and bytes can be.')


class Pieces:
    """A body in pieces; `close` ends the generator, or closes the file, that they come from."""

    def __init__(self, pieces: Iterator[bytes], source: Any) -> None:
        self._pieces = pieces
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        if hasattr(self._source, 'close'):
            self._source.close()
