"""The Flask application of a Function: one endpoint for all paths, which is the handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import flask
from werkzeug.exceptions import HTTPException, InternalServerError

from ..awaiting import Awaiting
from ..calls import Abandoned
from ..journal import note, trace_of
from ..settings import Settings
from .current import call_of_this_context
from .value import sendable

METHODS = ('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH')
FAILED = 'Internal Server Error'


class Ended(Exception):
    """Stands for a SystemExit or the like of a handler, which must not end the server; the cause is that."""


class FunctionApp(flask.Flask):
    """Named and routed as in Kyma, except for `/static`, which is the handler's."""

    def __init__(self, settings: Settings) -> None:
        super().__init__('server', root_path=settings.folder, static_folder=None)
        self._settings = settings
        self._awaiting = Awaiting()
        self.main: Callable[[], Any] = _not_loaded
        """The handler."""
        self.config['MAX_CONTENT_LENGTH'] = settings.body_limit
        # Paths with two slashes in the middle are the handler's as well.
        self.url_map.merge_slashes = False
        self.add_url_rule('/', 'userfunc_call', self._call, defaults={'path': ''}, methods=METHODS)
        self.add_url_rule('/<path:path>', 'userfunc_call', self._call, methods=METHODS)
        self.register_error_handler(500, self._answer_error)

    def _call(self, path: str = '') -> Any:
        call = call_of_this_context()
        try:
            return sendable(self._awaiting.settled(self.main(), call))
        except HTTPException:
            # Kyma counts `abort(404)` as a failure as well.
            call.failed = True
            raise
        except (Exception, Abandoned):
            raise
        except BaseException as error:
            raise Ended from error

    def async_to_sync(self, func: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
        """For hooks that are `async def`: Flask itself needs asgiref for it."""
        return lambda *args, **kwargs: self._awaiting.settled(func(*args, **kwargs), call_of_this_context())

    def log_exception(self, *args: Any) -> None:
        """In the server's log, with the trace id; its last argument is that of `sys.exc_info()` in every Flask."""
        error = _cause(args[-1][1])
        call = call_of_this_context()
        call.failed = True
        if call.span is not None:
            call.span.fail(error)
        note('error', f'{self._settings.export} failed', error=_from_handler(error), trace_id=call.trace_id)

    def _answer_error(self, error: InternalServerError) -> Any:
        """A short text; `abort(500)` is Werkzeug's own page."""
        original = error.original_exception
        if original is None:
            return error
        if self._settings.expose_errors:
            return trace_of(_cause(original)), 500, {'Content-Type': 'text/plain; charset=utf-8'}
        return FAILED, 500


def _not_loaded() -> Any:
    raise RuntimeError('the handler is not loaded')


def _cause(error: BaseException) -> BaseException:
    return error.__cause__ if isinstance(error, Ended) and error.__cause__ is not None else error


_FRAMEWORK = flask.__file__.removesuffix('__init__.py')
_SERVER = __file__.removesuffix('http_api/function_app.py')


def _from_handler(error: BaseException) -> BaseException:
    """With a trace that begins in the handler; all of it where the handler is not in it."""
    frames: TracebackType | None = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith((_FRAMEWORK, _SERVER)):
        frames = frames.tb_next
    return error if frames is None else error.with_traceback(frames)
