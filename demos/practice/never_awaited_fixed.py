"""Fixed: `await` runs the coroutine.

    $ python never_awaited_fixed.py
    tulip: watered
    iris: watered
    garden: all is watered

Who wants to go on meanwhile makes a task of it, in a group: that runs
it too, and waits for it at the end of the block.
"""

import asyncio


async def water(flower: str) -> None:
    """Water a flower, if somebody awaits it."""
    print(f"{flower}: watered")


async def garden() -> None:
    """Water the tulip, then the iris."""
    await water("tulip")
    async with asyncio.TaskGroup() as group:
        group.create_task(water("iris"))
    print("garden: all is watered")


async def main() -> None:
    """Run the garden."""
    await garden()


if __name__ == "__main__":
    asyncio.run(main())
