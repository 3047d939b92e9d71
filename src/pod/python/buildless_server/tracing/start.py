"""Starts tracing where the environment asks for it; whatever is wrong with it, the Function is served."""

from __future__ import annotations

from collections.abc import Mapping

from ..journal import note
from ..settings import Settings
from .call_span import Tracing
from .endpoint import read_trace_export


def start_tracing(settings: Settings, env: Mapping[str, str]) -> Tracing | None:
    """Called before the handler is loaded, so that it finds the global provider; None where no spans are exported."""
    export = read_trace_export(env)
    if export.warning:
        note('warn', export.warning)
    if export.url is None:
        return None
    try:
        from .sdk import SdkTracing

        return SdkTracing(settings, export.url)
    except Exception as error:
        note('warn', f'no spans are exported: {_reason()}', error=error)
        return None


def _reason() -> str:
    """The server's SDK joins the Function's API where it has one, which works only where the two belong together."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ('opentelemetry-api', 'opentelemetry-sdk'):
        try:
            found.append(f'{name} {version(name)}')
        except PackageNotFoundError:
            continue
    return (
        f'tracing could not be started with {" and ".join(found) or "no OpenTelemetry"}. Take opentelemetry-api out of '
        'requirements.txt (the handler finds the server’s), or add opentelemetry-sdk in the version that belongs to it.'
    )
