"""Makes the Content-Length that a handler set true: the client would take what is missing from the next answer.

It is often wrong: the headers of another server's answer are copied, whose body came compressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ..answer import Headers
from ..journal import note
from ..result import UnfitResult


def of_true_length(first: bytes, rest: Iterator[bytes], headers: Headers) -> tuple[Iterator[bytes], Headers]:
    """The pieces of a body, and the headers. A body in one piece gets its own length; of another, what is too much is left out, and
    what is missing cuts the connection."""
    lengths = {value for name, value in headers if name.lower() == 'content-length'}
    if not lengths:
        return chain((first,), rest), headers
    if len(lengths) > 1:
        raise UnfitResult(f'the header Content-Length is {" and ".join(sorted(lengths))}: leave it out, the server sets it.')
    (length,) = lengths
    if not (length.isascii() and length.isdigit()):
        # Refused with all other headers.
        return rest, headers
    if int(length) == len(first):
        return _counted(chain((first,), rest), len(first)), headers
    second = next(rest, None)
    if second is not None:
        return _counted(chain((first, second), rest), int(length)), headers
    others = [header for header in headers if header[0].lower() != 'content-length']
    return iter((first,)), [*others, ('Content-Length', str(len(first)))]


def _counted(pieces: Iterator[bytes], length: int) -> Iterator[bytes]:
    sent = 0
    for piece in pieces:
        sent += len(piece)
        if sent > length:
            # The client has the whole of what was announced.
            note('warn', f'the body is longer than its Content-Length of {length}: the rest is not sent')
            return
        yield piece
    if sent < length:
        raise ValueError(f'the body is shorter than its Content-Length of {length}')
