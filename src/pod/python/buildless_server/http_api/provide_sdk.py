"""Lets a handler import the module `sdk`, as in Kyma's python314. A module of the Function with this name comes first."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..settings import MEGABYTE, Settings
from . import sdk

NAME = 'sdk'


def provide_sdk(settings: Settings) -> None:
    """Before the handler is loaded."""
    sdk.configure(
        sdk.Facts(
            name=settings.name or '',
            namespace=settings.namespace or '',
            runtime=settings.runtime or 'python314',
            timeout=_number(settings.timeout),
            body_limit=_number(settings.body_limit / MEGABYTE),
            publisher=settings.publisher,
        )
    )
    # Asked last, when nothing on the path has this name.
    sys.meta_path.append(_Sdk)


def _number(value: float) -> int | float:
    """Whole where it can be: Kyma reads no others."""
    return int(value) if value == int(value) else value


class _Sdk:
    """A finder and a loader (docs.python.org/3/library/importlib.html)."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        # It has no file of its own, so nothing of the server comes onto the path.
        loader: Any = cls
        return ModuleSpec(NAME, loader, origin=sdk.__file__) if name == NAME else None

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """The usual kind of module."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        module.__doc__ = sdk.__doc__
        vars(module).update({name: getattr(sdk, name) for name in sdk.NAMES})
