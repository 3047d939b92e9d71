"""Answers a request: health, metrics and CORS by itself, everything else by the handler, whichever API it is written for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

from .answer import Answer, Environ, Refused, text
from .calls import Abandoned, Call, Calls
from .cors import allow_origin, preflight
from .http_server import StreamBroken
from .journal import note, trace_of
from .metrics import Metrics
from .own import contextvars, http_date
from .result import HOP_BY_HOP, UnfitResult
from .settings import Settings
from .tracing.call_span import CallSpan, Tracing
from .type_names import Any, Protocol

BUSY = 2.0
"""Seconds that calls may wait for a thread before the Pod says that it is not ready: as long as a probe waits."""

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Api(Protocol):
    """What a handler is called with, and what becomes of its result."""

    def receive(self, environ: Environ) -> Any:
        """What the request is for `call`; raises Refused, or Disconnected if it is cut short."""

    def call(self, received: Any, call: Call) -> Answer:
        """Call the handler; what it raises is an error of the handler's, which the application logs and answers."""


class Application:
    """A WSGI application (PEP 3333) around the handler."""

    def __init__(self, api: Api, settings: Settings, tracing: Tracing | None) -> None:
        self._api = api
        self._settings = settings
        self._tracing = tracing
        self._metrics = Metrics()
        self._calls = Calls(settings.timeout, settings.threads, self._answer_timeout)
        self._told_busy = False
        self.stopping = False
        """Set when the process was asked to stop: not ready, and connections are closed after their request."""
        self.replace_thread: Callable[[], None] = lambda: None
        """Told when a thread is given up."""
        self.seconds_without_thread: Callable[[], float] = lambda: 0.0
        """Asked for how long calls have waited in vain."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method: str = environ['REQUEST_METHOD']
        answer = self._own(method, environ['PATH_INFO'])
        if answer is None:
            # Empty, as a new thread's: what one call sets (`ContextVar`, `decimal.getcontext()`) no other call sees.
            context = contextvars.Context()
            answer = context.run(self._answer, method, environ)
            if isinstance(answer.body, _Stream):
                answer.body.go_on_in(context)
            allow_origin(answer.headers, self._settings.cors_origin)
        if self.stopping:
            environ['buildless.request'].close_connection = True
        return self._send(answer, method, start_response)

    def _own(self, method: str, path: str) -> Answer | None:
        """The answer to a request that is the server's."""
        if method != 'GET' and method != 'HEAD':
            return None
        if path == '/healthz':
            return self._readiness()
        if path == '/metrics':
            return self._metrics.page()
        return Answer(204) if path == '/favicon.ico' else None

    def _readiness(self) -> Answer:
        """Whether a request that comes now is served: not where others wait and no thread has become free for a while."""
        if self.stopping:
            return text(503, 'stopping')
        seconds = self.seconds_without_thread()
        if seconds < BUSY:
            self._told_busy = False
            return text(200, 'OK')
        busy = f'all {self._settings.threads} threads ({self._settings.threads_variable}) for {seconds:.0f} s'
        if not self._told_busy:
            self._told_busy = True
            # `kubectl describe` shows the probe's status only.
            note('warn', f'calls have kept {busy} while others wait: not ready until one ends')
        return text(503, f'busy: {busy}')

    def _answer(self, method: str, environ: Environ) -> Answer:
        """The handler's answer, or the one in its place."""
        if method == 'OPTIONS' and self._settings.cors_origin:
            return preflight(environ)
        if self._tracing is None:
            return self._serve(environ, None)
        span = self._tracing.begin(environ)
        try:
            answer = self._serve(environ, span)
        except BaseException:
            span.leave()
            raise
        if isinstance(answer.body, _Stream):
            # The handler's code runs on while its answer is sent, in this thread.
            answer.body.at_end(span.leave)
        else:
            span.leave()
        return answer

    def _serve(self, environ: Environ, span: CallSpan | None) -> Answer:
        try:
            received = self._api.receive(environ)
        except Refused as refused:
            if span is not None:
                span.end(refused.answer.code)
            return refused.answer
        call = Call(environ, span)
        self._calls.begin(call)
        try:
            answer = self._api.call(received, call)
        except BaseException as error:
            answer = self._failure(error, call)
            call.failed = True
        if not self._calls.end(call):
            raise Abandoned
        if isinstance(answer.body, bytes):
            self._ended(call, call.failed, answer.code)
        else:
            code = answer.code
            answer.body = _Stream(answer.body, call, lambda broken: self._ended(call, broken or call.failed, code))
        return answer

    def _ended(self, call: Call, failed: bool, status: int) -> None:
        self._metrics.observe(call.method, call.seconds, failed)
        if call.span is not None:
            call.span.end(status)

    def _failure(self, error: BaseException, call: Call) -> Answer:
        """The answer for what the handler raised."""
        if isinstance(error, Abandoned):
            return Answer()
        if call.span is not None:
            call.span.fail(error)
        if isinstance(error, UnfitResult):
            note('error', f'{self._settings.export} failed: {error}', trace_id=call.trace_id)
        else:
            note('error', f'{self._settings.export} failed', error=error, trace_id=call.trace_id)
        if not self._settings.expose_errors:
            return text(500, 'Internal server error')
        return text(500, str(error) if isinstance(error, UnfitResult) else trace_of(error))

    def _send(self, answer: Answer, method: str, start_response: StartResponse) -> Iterable[bytes]:
        headers = [header for header in answer.headers if header[0].lower() not in HOP_BY_HOP]
        body = answer.body
        if answer.bodiless:
            unfit = ('content-length', 'content-type') if answer.status_line[:3] != '304' else ('content-length',)
            headers = [header for header in headers if header[0].lower() not in unfit]
        elif isinstance(body, bytes) and (method != 'HEAD' or body):
            headers = [header for header in headers if header[0].lower() != 'content-length']
            headers.append(('Content-Length', str(len(body))))
        if not any(name.lower() == 'date' for name, _ in headers):
            headers.append(('Date', http_date()))
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
        self._ended(call, True, 408)
        self.replace_thread()
        with contextlib.suppress(OSError):
            head = '\r\n'.join(lines).encode('latin-1')
            call.connection.socket.sendall(head if call.method == 'HEAD' else head + body)
        call.connection.close()


class _Stream:
    """A body in pieces that is counted when it ends, and is logged and cut short when it fails."""

    def __init__(self, pieces: Iterable[bytes], call: Call, ended: Callable[[bool], None]) -> None:
        self._pieces = pieces
        self._context = contextvars.Context()
        self._call = call
        self._ended: Callable[[bool], None] | None = ended
        self._leave: Callable[[], None] = lambda: None

    def go_on_in(self, context: Any) -> None:
        """The context of the call, in which the handler's code runs piece by piece."""
        self._context = context

    def at_end(self, leave: Callable[[], None]) -> None:
        """What to do after all else."""
        self._leave = leave

    def __iter__(self) -> Iterator[bytes]:
        try:
            pieces = iter(self._pieces)
            while (piece := self._context.run(next, pieces, None)) is not None:
                yield piece
        except GeneratorExit:
            raise
        except BaseException as error:
            if self._call.span is not None:
                self._call.span.fail(error)
            self._end(True)
            note('error', 'the handler failed while its answer was sent', error=error, trace_id=self._call.trace_id)
            raise StreamBroken('the answer is cut short') from None

    def close(self) -> None:
        """The server calls this in any case (PEP 3333)."""
        close = getattr(self._pieces, 'close', None)
        try:
            if close is not None:
                self._context.run(close)
        finally:
            self._end(False)

    def _end(self, failed: bool) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(failed)
            self._context.run(self._leave)
