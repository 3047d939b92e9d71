"""Runs a call through the Function's Flask application."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote_to_bytes

from ..answer import Answer, Environ, Headers
from ..body import read_bytes
from ..calls import Call
from ..load import load_handler
from ..result import Pieces, check_answer
from ..settings import Settings
from .current import current_call
from .function_app import FunctionApp
from .length import of_true_length
from .provide_sdk import provide_sdk


def load_http_api(settings: Settings) -> HttpApi:
    """The handler's module is loaded in the context of its application, so that it may add hooks; raises CannotStart."""
    provide_sdk(settings)
    application = FunctionApp(settings)
    with application.app_context():
        application.main = load_handler(settings)
    return HttpApi(application, settings.body_limit)


class HttpApi:
    def __init__(self, application: FunctionApp, body_limit: int) -> None:
        self._application = application
        self._body_limit = body_limit

    def receive(self, environ: Environ) -> Environ:
        """The environment for Flask, with the body as it came: Kyma unpacks none."""
        own = {key: value for key, value in environ.items() if not key.startswith('buildless.')}
        own['PATH_INFO'] = _path(environ)
        own['wsgi.input'] = io.BytesIO(read_bytes(environ, self._body_limit))
        # Else Werkzeug takes a body in chunks for empty.
        own['wsgi.input_terminated'] = True
        return own

    def call(self, received: Environ, call: Call) -> Answer:
        current_call.set(call)
        head = _Head()
        body = self._application(received, head.start)
        # A `bytearray` that a handler returned is still one.
        pieces = (bytes(piece) for piece in body if piece)
        try:
            # Taken now, while an error shows.
            first = next(pieces, None)
            if first is None:
                answer = Answer(head.status, head.headers)
            else:
                source, headers = of_true_length(first, pieces, head.headers)
                answer = Answer(head.status, headers, Pieces(source, body))
            check_answer(answer)
        except BaseException:
            _close(body)
            raise
        if first is None:
            _close(body)
        return answer


def _path(environ: Environ) -> str:
    """With `%2F` decoded, as in Kyma: Cheroot leaves it alone."""
    target: str = environ.get('REQUEST_URI', '')
    if target[:1] != '/' or '%' not in target:
        path: str = environ['PATH_INFO']
        return path
    return unquote_to_bytes(target.partition('?')[0]).decode('latin-1')


class _Head:
    """What an application says of its answer (PEP 3333)."""

    def __init__(self) -> None:
        self.status = ''
        self.headers: Headers = []

    def start(self, status: str, headers: Headers, exc_info: Any = None) -> Any:
        self.status, self.headers = status, headers
        return _no_write


def _no_write(data: bytes) -> None:
    raise NotImplementedError('write() of PEP 3333: return the body instead')


def _close(body: Any) -> None:
    if hasattr(body, 'close'):
        body.close()
