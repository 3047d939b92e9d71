"""The variables that give way to what the container's `envFrom` brings (src/inject/steps/env.ts)."""

from __future__ import annotations

import json
from collections.abc import MutableMapping

VARIABLE = 'BUILDLESS_ENV_DEFAULTS'


def apply_environment_defaults(env: MutableMapping[str, str]) -> None:
    """Set what is still unset to the defaults that the injection left; what is not a JSON object is left alone."""
    try:
        defaults = json.loads(env.get(VARIABLE, ''))
    except ValueError:
        return
    if not isinstance(defaults, dict):
        return
    del env[VARIABLE]
    for name, value in defaults.items():
        if isinstance(value, str):
            env.setdefault(name, value)
