"""Fixed: a group awaits its tasks, so that no error is lost.

    $ python lost_error_fixed.py
    rose: cancelled
    garden: (ValueError('no bulb'),)

The error comes where the group ends, at once, and the rose is not left
alone. Two that should not stop each other are awaited one by one:
`await task` raises what the task has raised, too.
"""

import asyncio


async def plant(flower: str) -> None:
    """Plant a flower; the tulip has no bulb."""
    if flower == "tulip":
        raise ValueError("no bulb")
    try:
        await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        print(f"{flower}: cancelled")
        raise
    print(f"{flower}: planted")


async def garden() -> None:
    """Start both, and await both."""
    try:
        async with asyncio.TaskGroup() as group:
            for name in "tulip", "rose":
                group.create_task(plant(name))
    except* ValueError as errors:
        print("garden:", errors.exceptions)


async def main() -> None:
    """Run the garden."""
    await garden()


if __name__ == "__main__":
    asyncio.run(main())
