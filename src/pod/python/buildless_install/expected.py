"""What an installation must come to: buildless-prepare writes it from what was judged (src/dependencies/python/expected.ts)."""

import json
import os
from dataclasses import dataclass
from typing import Any

from .refusal import Refusal

# src/pod/prepare/expected.ts has the same name.
NAME = "expected-packages.json"


@dataclass(frozen=True)
class Expected:
    """A package that the source asks for by its name."""

    name: str
    marker: str
    specifiers: str
    hashes: tuple[str, ...]
    url: str | None
    commit: str | None


@dataclass(frozen=True)
class Expectation:
    """What must be installed; `complete`: and nothing else."""

    complete: bool
    packages: tuple[Expected, ...]
    # Clauses of constraints by normal name; whatever has the name must satisfy them.
    constraints: dict[str, str]


def read_expectation(root: str) -> Expectation:
    """Raises Refusal if there is none: nothing is installed that could not be compared."""
    path = os.path.join(root, NAME)
    try:
        with open(path, encoding="utf-8") as file:
            content: Any = json.load(file)
    except FileNotFoundError:
        raise Refusal(f"{path} is missing: buildless-prepare has not finished; start the Pod again") from None
    if content is None:
        # The level "off" admits files that the policy cannot read.
        return Expectation(complete=False, packages=(), constraints={})
    return Expectation(
        bool(content["complete"]),
        tuple(
            Expected(
                item["name"],
                item["marker"],
                item["specifiers"],
                tuple(item["hashes"]),
                item.get("url"),
                item.get("commit"),
            )
            for item in content["packages"]
        ),
        dict(content["constraints"]),
    )
