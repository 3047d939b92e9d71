"""Turns what a handler returned into an answer.

As Bottle does in Kyma: str, dict, None, generators, files and `bottle.HTTPResponse`. Beyond it: lists, numbers and
booleans are JSON, as are other mappings, sequences and sets; `(body, status[, headers])` works, bytes are bytes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sized

from .answer import Answer, Headers
from .journal import trace_of
from .json_text import plain, to_json, to_utf8
from .packages import loaded
from .type_names import Any

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
    answer = _answer_of(result)
    try:
        check_answer(answer)
    except UnfitResult:
        if isinstance(answer.body, Pieces):
            answer.body.close()
        raise
    return answer


_STATUS = re.compile('[2-9][0-9]{2} [\t\x20-\x7e\x80-\xff]*')
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile('[\t\x20-\x7e\x80-\xff]*')


def check_answer(answer: Answer) -> None:
    """Raises UnfitResult for what would break the answer on the wire (RFC 9110, 5.1, 5.5 and 15)."""
    if not _STATUS.fullmatch(answer.status_line):
        raise UnfitResult(f'the status {answer.status_line!r} cannot be sent: return one from 200 to 599.')
    for name, value in answer.headers:
        if not _NAME.fullmatch(name):
            raise UnfitResult(f'the name of the header {name!r} may have letters, digits and hyphens only.')
        if not _VALUE.fullmatch(value):
            raise UnfitResult(f'the header {name!r} has a line break or another control character in its value.')
        if name.lower() == 'content-length' and not (value.isascii() and value.isdigit()):
            raise UnfitResult(f'the header Content-Length is {value!r}: leave it out, the server sets it.')


def _answer_of(result: Any) -> Answer:
    if isinstance(result, str):
        return Answer(200, [('Content-Type', HTML)], to_utf8(result))
    if isinstance(result, dict):
        return _json(result)
    if result is None:
        return Answer()
    if isinstance(result, (bytes, bytearray, memoryview)):
        return Answer(200, [('Content-Type', BYTES)], bytes(result))
    # A named tuple is a record of the author's, whatever its second field is.
    if type(result) is tuple and (status := _status_in(result)) is not None:
        return _with_status(result[0], status, *result[2:])
    if isinstance(result, (list, tuple, bool, int, float)):
        return _json(result)
    if is_bottle_response(result):
        return _bottle(result)
    if isinstance(result, BaseException):
        raise UnfitResult(f'it returned an exception, {trace_of(result)}')
    if not hasattr(result, 'read') and (found := plain(result)) is not None:
        return _json(found)
    return _streamed(result)


def is_bottle_response(result: object) -> bool:
    """Whether it is a `bottle.HTTPResponse`, of the server's Bottle or the author's."""
    return any(isinstance(result, bottle.HTTPResponse) for bottle in loaded('bottle'))


def _json(value: object) -> Answer:
    try:
        return Answer(200, [('Content-Type', JSON)], to_json(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise UnfitResult(f'the {type(value).__name__} that it returned cannot be sent as JSON: {error}.') from None


def _status_in(result: tuple[Any, ...]) -> int | None:
    """The status of `(body, status[, headers])`; None if it is a list of values like any other."""
    if len(result) not in (2, 3) or not (len(result) == 2 or isinstance(result[2], (Mapping, list, type(None)))):
        return None
    status = result[1]
    if isinstance(status, str) and len(status) == 3 and status.isascii() and status.isdigit():
        status = int(status)
    if not isinstance(status, int) or isinstance(status, bool):
        return None
    return int(status) if 100 <= status <= 599 else None


def _with_status(body: Any, status: int, headers: Any = None) -> Answer:
    answer = _answer_of(body)
    own = header_list(headers) if headers else []
    names = {name.lower() for name, _ in own}
    answer.headers = [header for header in answer.headers if header[0].lower() not in names] + own
    answer.status = int(status)
    return answer


def header_list(headers: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Headers:
    """Headers as WSGI wants them. A list is a header for each."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    result: Headers = []
    for name, values in pairs:
        for value in values if isinstance(values, (list, tuple)) else (values,):
            # WSGI wants bytes in the shape of Latin-1.
            result.append((str(name), to_utf8(str(value)).decode('latin-1')))
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
        answer = Answer(body=to_utf8(str(body or response.status_line)))
        headers = [header for header in headers if header[0].lower() != 'content-type']
        headers.append(('Content-Type', 'text/plain; charset=utf-8'))
    elif isinstance(body, str):
        answer = Answer(body=body.encode(response.charset))
    elif isinstance(body, (list, tuple)) and body and isinstance(body[0], (str, bytes)):
        answer = _streamed(iter(body))
    else:
        answer = _answer_of(body or None)
    answer.status = response._wsgi_status_line() if hasattr(response, '_wsgi_status_line') else response.status_line
    answer.headers = headers
    return answer


def _streamed(result: Any) -> Answer:
    """A file, a generator or any other iterable of str or bytes; its first piece is taken now, while errors show."""
    kind = HTML
    # The answer of another server, returned as it came: `requests` has a mapping there, `urlopen` a message of `email`.
    given = getattr(getattr(result, 'headers', None), 'get', None)
    if callable(given) and isinstance(found := given('content-type'), str):
        kind = found
    if hasattr(result, 'read'):
        source: Iterator[Any] = iter(lambda: result.read(PIECE) or None, None)
    elif isinstance(result, Iterable) and not isinstance(result, Sized):
        source = iter(result)
    else:
        # An object with a length is a collection, such as a table of pandas: its parts in a row would be no answer.
        raise UnfitResult(
            f'it returned a value of type {type(result).__name__}, which cannot be sent. Return str, bytes, '
            'dict, list, a number, None, a generator of str or bytes, bottle.HTTPResponse, or (body, status, headers).'
        )
    pieces = (_piece(piece, result) for piece in source if piece)
    first = next(pieces, None)
    if first is None:
        return Answer(200, [('Content-Type', kind)])
    return Answer(200, [('Content-Type', kind)], Pieces(itertools.chain([first], pieces), result))


def _piece(piece: Any, source: Any) -> bytes:
    if isinstance(piece, str):
        return to_utf8(piece)
    if isinstance(piece, (bytes, bytearray, memoryview)):
        return bytes(piece)
    raise UnfitResult(
        f'the pieces of the {type(source).__name__} that it returned are of type {type(piece).__name__}; '
        'only str and bytes can be sent.'
    )


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
