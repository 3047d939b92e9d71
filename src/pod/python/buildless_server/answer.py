"""An answer before it is written: status, headers and body."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from .type_names import Any

Environ = dict[str, Any]
"""A WSGI environment (PEP 3333)."""
Headers = list[tuple[str, str]]

TEXT = 'text/plain; charset=utf-8'

_LINES: dict[int, str] = {status.value: f'{status.value} {status.phrase}' for status in HTTPStatus}


class Answer:
    __slots__ = ('status', 'headers', 'body')

    def __init__(
        self, status: int | str = 200, headers: Headers | None = None, body: bytes | Iterable[bytes] = b''
    ) -> None:
        self.status = status
        """A code, or a whole status line."""
        self.headers: Headers = [] if headers is None else headers
        self.body = body

    @property
    def status_line(self) -> str:
        if isinstance(self.status, str):
            return self.status
        return _LINES.get(self.status) or f'{self.status} Unknown'

    @property
    def code(self) -> int:
        return self.status if isinstance(self.status, int) else int(self.status[:3])

    @property
    def bodiless(self) -> bool:
        """Whether a body is not allowed (RFC 9110, 6.4.1)."""
        return self.status_line[:3] in ('204', '205', '304') or self.status_line[0] == '1'


class Refused(Exception):
    """A request that never reaches the handler, with the answer it gets."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.answer = text(status, reason)


def text(status: int, body: str) -> Answer:
    """A short answer in plain text."""
    return Answer(status, [('Content-Type', TEXT)], body.encode())
