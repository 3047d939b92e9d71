"""Starts tracing where the environment asks for it; whatever is wrong with it, the Function is served."""

from __future__ import annotations

from collections.abc import Mapping

from ..journal import note
from ..settings import Settings
from .call_span import Tracing
from .endpoint import read_trace_export
from .propagator import propagators_variable


def start_tracing(settings: Settings, env: Mapping[str, str]) -> Tracing | None:
    """Called before the handler is loaded, so that it finds the global provider; None if no spans are exported."""
    export = read_trace_export(env)
    if export.warning:
        note('warn', export.warning)
    if export.url is None:
        return None
    versions = _versions()
    if len({tuple(version.split('.')[:2]) for version in versions.values()}) > 1:
        note('warn', f'no spans are exported: {_advice(versions)}')
        return None
    try:
        with propagators_variable() as propagators:
            from .sdk import SdkTracing

        return SdkTracing(settings, export.url, propagators)
    except Exception as error:
        note('warn', f'no spans are exported: {_advice(versions)}', error=error)
        return None


def _versions() -> dict[str, str]:
    """Of the packages that are found: the Function's, else the server's. API and SDK are released as one."""
    from importlib.metadata import PackageNotFoundError, version

    versions: dict[str, str] = {}
    for name in ('opentelemetry-api', 'opentelemetry-sdk'):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _advice(versions: Mapping[str, str]) -> str:
    found = ' and '.join(f'{name} {version}' for name, version in versions.items())
    return (
        f'{found or "OpenTelemetry"} cannot be used together. Take opentelemetry-api out of requirements.txt (the handler '
        'finds the server\'s), or add opentelemetry-sdk in the version that belongs to it.'
    )
