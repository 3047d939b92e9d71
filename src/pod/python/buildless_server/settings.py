"""What the environment says about the Function, read once."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .stop import CannotStart
from .type_names import Literal

PACKAGES_FOLDER = '.python-packages'
MEGABYTE = 1024 * 1024


class Settings:
    """Raises CannotStart where a number is none."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.api = _api(env)
        """What the handler is called with."""
        # Kyma's new runtimes have other names for the same: what Buildless sets wins for the handler's place, and what only an
        # author sets for the rest.
        renamed = self.api == 'http'
        folder = env.get('HANDLER_PATH') or env.get('FUNCTION_PATH') or '/buildless/function'
        self.folder = os.path.abspath(folder)
        """Where the Function's code is."""
        module = env.get('MOD_NAME') or (renamed and env.get('HANDLER_MOD_NAME')) or 'handler'
        self.module = module.removesuffix('.py').strip('/').replace('/', '.')
        """Dotted name of the handler's module."""
        self.export = env.get('FUNC_HANDLER') or (renamed and env.get('HANDLER_FUNC_NAME')) or 'main'
        """Name of the handler in that module."""
        self.port = _whole(env, 'FUNC_PORT', 8080, 0, 65535)
        self.health_port = _whole(env, 'BUILDLESS_HEALTH_PORT', 0, 0, 65535) if env.get('BUILDLESS_HEALTH_PORT') else None
        """Where `/healthz` is answered however busy the handler is; 0 for any free port, None for nowhere."""
        self.timeout = _number(env, 'FUNC_TIMEOUT', 180)
        """Seconds that a call may take."""
        self.body_limit = _body_limit(env, renamed)
        """Bytes that a request's body may have."""
        self.threads_variable = (
            'SERVER_NUMTHREADS' if renamed and env.get('SERVER_NUMTHREADS') else 'CHERRYPY_NUMTHREADS'
        )
        self.threads = _whole(env, self.threads_variable, 50, 1, 10_000)
        """Calls that may run at once."""
        # Kyma's python314 leaves CORS to the handler.
        self.cors_origin = env.get('BUILDLESS_CORS_ORIGIN', '' if renamed else '*').strip()
        """Value of `Access-Control-Allow-Origin`; empty for no CORS headers."""
        self.publisher = env.get('PUBLISHER_PROXY_ADDRESS') or None
        """Where `emitCloudEvent` posts."""
        self.expose_errors = env.get('BUILDLESS_EXPOSE_ERRORS') == '1'
        """Whether a client may see the trace of an exception: on a developer's machine only."""
        self.termination_log = env.get('BUILDLESS_TERMINATION_LOG') or '/dev/termination-log'
        self.name = env.get('FUNC_NAME')
        self.namespace = env.get('SERVICE_NAMESPACE')
        self.runtime = env.get('FUNC_RUNTIME')
        self.memory_limit = env.get('FUNC_MEMORY_LIMIT')

    @property
    def packages(self) -> str:
        """Where the Function's own packages are installed."""
        return os.path.join(self.folder, PACKAGES_FOLDER)

    def context(self) -> dict[str, object]:
        """The second argument of the handler, with the keys and types that Kyma's `python312` has."""
        return {
            'function-name': self.name,
            'namespace': self.namespace,
            'timeout': self.timeout,
            'runtime': self.runtime,
            'memory-limit': self.memory_limit,
            'body-size-limit': self.body_limit,
        }


def _api(env: Mapping[str, str]) -> Literal['event', 'http']:
    api = env.get('BUILDLESS_API') or 'event'
    if api == 'event' or api == 'http':
        return api
    raise CannotStart(f'BUILDLESS_API is "{api}": use event or http.')


def _body_limit(env: Mapping[str, str], renamed: bool) -> int:
    """FUNC_MEMFILE_MAX (bytes) is what Kyma's Python authors set; without it REQ_MB_LIMIT holds, as in Node.js."""
    if renamed and env.get('FUNC_BODY_MB_LIMIT'):
        return int(_number(env, 'FUNC_BODY_MB_LIMIT', 0) * MEGABYTE)
    if env.get('FUNC_MEMFILE_MAX'):
        return _whole(env, 'FUNC_MEMFILE_MAX', 0, 0, 2**62)
    return int(_number(env, 'REQ_MB_LIMIT', 1) * MEGABYTE)


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name)
    if not text:
        return float(default)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 2**40:
        raise CannotStart(f'{name} is {text!r}: give a number above 0.')
    return value


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise CannotStart(f'{name} is {text!r}: give a whole number from {least} to {most}.')
    return int(text)
