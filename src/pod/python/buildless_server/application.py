"""Answers a request: health, metrics and CORS by itself, everything else by the handler."""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .answer import Answer, Environ, Refused, text
from .body import read_body
from .calls import Abandoned, Call, Calls
from .cors import allow_origin, preflight
from .event import Event
from .http_server import StreamBroken
from .journal import note, trace_of
from .load import Handler
from .metrics import Metrics
from .result import HOP_BY_HOP, UnfitResult, answer_of, is_bottle_response
from .settings import Settings

if TYPE_CHECKING:
    from .coroutines import Coroutines

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """A WSGI application (PEP 3333) around the handler."""

    def __init__(self, handler: Handler, settings: Settings) -> None:
        self._handler = handler
        self._settings = settings
        self._context = settings.context()
        self._metrics = Metrics()
        self._calls = Calls(settings.timeout, settings.threads, self._answer_timeout)
        self._lock = threading.Lock()
        self._loop: Coroutines | None = None
        self.stopping = False
        """Set when the process was asked to stop: not ready, and connections are closed after their request."""
        self.replace_thread: Callable[[], None] = lambda: None
        """Told when a thread is given up."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method: str = environ['REQUEST_METHOD']
        answer = self._own(method, environ['PATH_INFO'])
        if answer is None:
            try:
                answer = self._answer(method, environ)
            except Refused as refused:
                answer = refused.answer
            allow_origin(answer.headers, self._settings.cors_origin)
        if self.stopping:
            environ['buildless.request'].close_connection = True
        return self._send(answer, method, start_response)

    def _own(self, method: str, path: str) -> Answer | None:
        """The answer to a request that is the server's."""
        if method != 'GET' and method != 'HEAD':
            return None
        if path == '/healthz':
            return text(503, 'stopping') if self.stopping else text(200, 'OK')
        if path == '/metrics':
            return self._metrics.page()
        return Answer(204) if path == '/favicon.ico' else None

    def _answer(self, method: str, environ: Environ) -> Answer:
        """The handler's answer, or the one in its place; raises Refused."""
        if method == 'OPTIONS' and self._settings.cors_origin:
            return preflight(environ)
        event = Event(environ, read_body(environ, self._settings.body_limit), self._settings)
        call = Call(environ['buildless.request'].conn, method, environ['PATH_INFO'])
        self._calls.begin(call)
        failed = False
        try:
            answer = self._call(event, call)
        except BaseException as error:
            answer = self._failure(error)
            failed = True
        if not self._calls.end(call):
            raise Abandoned
        if isinstance(answer.body, bytes):
            self._metrics.observe(method, call.seconds, failed)
        else:
            answer.body = _Stream(answer.body, lambda broken: self._metrics.observe(method, call.seconds, broken))
        return answer

    def _call(self, event: Event, call: Call) -> Answer:
        """Call the handler; await what is to be awaited."""
        try:
            result: Any = self._handler(event, dict(self._context))
        except Exception as error:
            # `raise bottle.HTTPResponse(...)` and `bottle.abort()` are answers.
            if not is_bottle_response(error):
                raise
            result = error
        if inspect.isawaitable(result):
            result = self._coroutines.result(result, call)
        if isinstance(result, AsyncIterable):
            result = self._coroutines.pieces(result)
        return answer_of(result)

    @property
    def _coroutines(self) -> Coroutines:
        # Imported when the first `async` handler is called: asyncio is a tenth of the time of a start.
        from .coroutines import Coroutines

        with self._lock:
            if self._loop is None:
                self._loop = Coroutines()
            return self._loop

    def _failure(self, error: BaseException) -> Answer:
        """The answer for what the handler raised."""
        if isinstance(error, Abandoned):
            return Answer()
        cause = f' {error}' if isinstance(error, UnfitResult) else f'\n{trace_of(error)}'
        note(f'the handler failed:{cause}')
        return text(500, cause.lstrip() if self._settings.expose_errors else 'Internal server error')

    def _send(self, answer: Answer, method: str, start_response: StartResponse) -> Iterable[bytes]:
        headers = [header for header in answer.headers if header[0].lower() not in HOP_BY_HOP]
        body = answer.body
        if answer.bodiless:
            unfit = ('content-length', 'content-type') if answer.status_line[:3] != '304' else ('content-length',)
            headers = [header for header in headers if header[0].lower() not in unfit]
        elif isinstance(body, bytes) and (method != 'HEAD' or body):
            headers = [header for header in headers if header[0].lower() != 'content-length']
            headers.append(('Content-Length', str(len(body))))
        start_response(answer.status_line, headers)
        if answer.bodiless or method == 'HEAD':
            if isinstance(body, _Stream):
                body.close()
            return []
        return [body] if isinstance(body, bytes) else body

    def _answer_timeout(self, call: Call) -> None:
        """Answer 408 for a call whose thread is busy with it, and let another thread take that one's place."""
        answer = text(408, 'Request Timeout')
        allow_origin(answer.headers, self._settings.cors_origin)
        body = answer.body if isinstance(answer.body, bytes) else b''
        lines = [f'HTTP/1.1 {answer.status_line}', *(f'{name}: {value}' for name, value in answer.headers)]
        lines += [f'Content-Length: {len(body)}', 'Connection: close', '', '']
        self._metrics.observe(call.method, call.seconds, True)
        self.replace_thread()
        with contextlib.suppress(OSError):
            head = '\r\n'.join(lines).encode('latin-1')
            call.connection.socket.sendall(head if call.method == 'HEAD' else head + body)
        call.connection.close()


class _Stream:
    """A body in pieces that is counted when it ends, and is logged and cut short when it fails."""

    def __init__(self, pieces: Iterable[bytes], ended: Callable[[bool], None]) -> None:
        self._pieces = pieces
        self._ended: Callable[[bool], None] | None = ended

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._pieces
        except GeneratorExit:
            raise
        except BaseException as error:
            self._end(True)
            note(f'the handler failed while its answer was sent\n{trace_of(error)}')
            raise StreamBroken('the answer is cut short') from None

    def close(self) -> None:
        """The server calls this in any case (PEP 3333)."""
        close = getattr(self._pieces, 'close', None)
        try:
            if close is not None:
                close()
        finally:
            self._end(False)

    def _end(self, failed: bool) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(failed)
