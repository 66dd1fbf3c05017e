"""A test may await, and an AsyncMock stands for what is slow.

    $ python testing.py
    test_frost: ok
    test_two_cans: ok
    2 tests, 0 failures

`IsolatedAsyncioTestCase` gives each test a loop of its own; here in a
thread, as this program's loop runs already. Yours are run by
`python -m unittest`. What would hang goes under `timeout`, in a test
too: then it fails.
"""

import asyncio
import unittest
from collections.abc import Awaitable, Callable
from unittest import IsolatedAsyncioTestCase
from unittest.mock import AsyncMock

Fill = Callable[[], Awaitable[int]]


async def water(fill: Fill, cans: int) -> str:
    """Fill so many cans; say how it went."""
    litres = 0
    try:
        for _ in range(cans):
            litres += await fill()
    except OSError as error:
        return f"dry: {error}"
    return f"{litres} litres"


class WaterTest(IsolatedAsyncioTestCase):
    """Water from a tap that is none."""

    async def test_two_cans(self) -> None:
        """Look at the result, and at what was awaited."""
        fill = AsyncMock(return_value=5)
        said = await water(fill, 2)
        self.assertEqual(said, "10 litres")
        self.assertEqual(fill.await_count, 2)

    async def test_frost(self) -> None:
        """Let the tap fail."""
        frost = OSError("frost")
        fill = AsyncMock(side_effect=frost)
        said = await water(fill, 2)
        self.assertEqual(said, "dry: frost")


class Told(unittest.TestResult):
    """Print the tests that pass."""

    def addSuccess(self, test: unittest.TestCase) -> None:
        """Say which one has passed."""
        print(f"{test.id().rpartition('.')[2]}: ok")


def run_tests() -> None:
    """Run all tests of the class, and count."""
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(WaterTest)
    told = Told()
    tests.run(told)
    failures = len(told.failures) + len(told.errors)
    print(f"{told.testsRun} tests, {failures} failures")


async def main() -> None:
    """Run the tests beside the loop that runs this."""
    await asyncio.to_thread(run_tests)


if __name__ == "__main__":
    asyncio.run(main())
