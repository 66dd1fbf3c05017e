"""In 2014 one passed the loop on, as `loop=`; since 3.10 it is refused.

    $ python loop_argument.py
    2014: TypeError
      sleep() got an unexpected keyword argument 'loop'
    today: iris in flower

`sleep`, `wait`, `Lock`, `Queue` and others took the loop that was to
run them. They find it themselves now: it is the one that runs the code
that calls them. The cure is to leave the argument out.
"""

import asyncio


async def grow_2014(name: str, loop: asyncio.AbstractEventLoop) -> None:
    """Grow, and tell `sleep` which loop is meant."""
    await asyncio.sleep(0.1, loop=loop)  # type: ignore[call-overload]
    print("2014:", name, "in flower")


async def grow(name: str) -> None:
    """Grow in the loop that runs."""
    await asyncio.sleep(0.1)
    print("today:", name, "in flower")


async def main() -> None:
    """Grow a tulip as one wrote it then, an iris as one does now."""
    try:
        await grow_2014("tulip", asyncio.get_running_loop())
    except TypeError as error:
        print("2014: TypeError")
        print(" ", error)
    await grow("iris")


if __name__ == "__main__":
    asyncio.run(main())
