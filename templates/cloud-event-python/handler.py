from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildless_testing import Context, Event


def main(event: Event, context: Context) -> object:
    """Takes the CloudEvents of one type, and emits another for each."""
    if event.get("ce-type") != "shop.order.received.v1":
        return "", 202
    order = event["data"]
    priced = {"id": order["id"], "total": sum(line["price"] * line["pieces"] for line in order["lines"])}
    event.emitCloudEvent("shop.order.priced.v1", "shop/pricing", priced, {"subject": order["id"]})
    return priced
