"""`asyncio.run` starts a loop, runs one coroutine, closes the loop.

    $ python hello.py
    hello
    world
    RuntimeError:
    asyncio.run() cannot be called from a running event loop

A program calls it once. A notebook never does: its loop is running
already, which is why `await` works there at top level.
"""

import asyncio


async def hello(delay: float) -> None:
    """Say two words, with a pause in between."""
    print("hello")
    await asyncio.sleep(delay)
    print("world")


async def run_inside(delay: float) -> None:
    """Call `asyncio.run` where a loop is running already."""
    coroutine = hello(delay)
    try:
        asyncio.run(coroutine)
    except RuntimeError as error:
        print(f"RuntimeError:\n{error}")
    finally:
        coroutine.close()  # refused: it will never run


async def main(*, delay: float = 0.5) -> None:
    """Say hello, then show what a second loop costs."""
    await hello(delay)
    await run_inside(delay)


if __name__ == "__main__":
    asyncio.run(main())
