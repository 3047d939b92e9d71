import unittest

from buildless_testing import context, event
from handler import main

ORDER = {"id": "a-17", "lines": [{"price": 3, "pieces": 2}]}


class Pricing(unittest.TestCase):
    def test_prices_an_order_and_emits_the_price(self) -> None:
        received = event(ORDER, cloud_event={"type": "shop.order.received.v1", "source": "shop"})
        self.assertEqual(main(received, context()), {"id": "a-17", "total": 6})
        (priced,) = received.emitted
        self.assertEqual(priced["type"], "shop.order.priced.v1")
        self.assertEqual(priced["data"], {"id": "a-17", "total": 6})

    def test_leaves_other_events_alone(self) -> None:
        sent = event(ORDER, cloud_event={"type": "shop.order.sent.v1", "source": "shop"})
        self.assertEqual(main(sent, context()), ("", 202))
        self.assertEqual(sent.emitted, [])


if __name__ == "__main__":
    unittest.main()
