"""Cross-origin requests, as Kyma's Node.js runtime answers them."""

from __future__ import annotations

from .answer import Answer, Environ, Headers


def preflight(environ: Environ) -> Answer:
    """What an OPTIONS request gets; it never reaches the handler."""
    headers: Headers = []
    if method := environ.get('HTTP_ACCESS_CONTROL_REQUEST_METHOD'):
        headers.append(('Access-Control-Allow-Methods', method))
    if names := environ.get('HTTP_ACCESS_CONTROL_REQUEST_HEADERS'):
        headers.append(('Access-Control-Allow-Headers', names))
    return Answer(200, headers)


def allow_origin(headers: Headers, origin: str) -> None:
    """Add the origin of the configuration where the handler set none."""
    if origin and not any(name.lower() == 'access-control-allow-origin' for name, _ in headers):
        headers.append(('Access-Control-Allow-Origin', origin))
