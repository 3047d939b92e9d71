from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildless_testing import Context, Event


def main(event: Event, context: Context) -> dict[str, object]:
    data = event["data"] or {}
    return {"hello": data.get("name", "world"), "from": context["function-name"]}
