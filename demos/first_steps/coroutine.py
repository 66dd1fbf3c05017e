"""Calling a coroutine function runs nothing; `await` runs it.

    $ python coroutine.py
    plant: a function
    called: got a coroutine
    awaiting it
    plant: running
    awaited: got a tulip
    called again, never awaited: not a line from plant

Python warns of a coroutine that nobody awaits; `close` says that
it was on purpose.
"""

import asyncio


async def plant() -> str:
    """Say that it runs, and return a flower."""
    print("plant: running")
    return "tulip"


async def main() -> None:
    """Call `plant` twice, await it once."""
    print("plant: a", type(plant).__name__)
    coroutine = plant()
    print("called: got a", type(coroutine).__name__)
    print("awaiting it")
    flower = await coroutine
    print("awaited: got a", flower)
    forgotten = plant()
    print("called again, never awaited: not a line from plant")
    forgotten.close()


if __name__ == "__main__":
    asyncio.run(main())
