import unittest

from buildless_testing import context, event
from handler import main


class Greeting(unittest.TestCase):
    def test_greets_whoever_calls(self) -> None:
        result = main(event({"name": "Ada"}), context(function_name="hello"))
        self.assertEqual(result, {"hello": "Ada", "from": "hello"})

    def test_greets_the_world_if_nobody_has_a_name(self) -> None:
        self.assertEqual(main(event(), context()), {"hello": "world", "from": "test"})


if __name__ == "__main__":
    unittest.main()
