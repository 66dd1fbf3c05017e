"""Without `await`, what comes back is not yet the result.

    $ python no_await.py
    without await: TypeError
      can only concatenate str (not "coroutine") to str
    with await: a red tulip

Python sees no mistake in the call itself: to make a coroutine and to
run it later is what one may want. It complains where the result is
used, sometimes far away, and names a type that you never wrote:
"coroutine". That word means: an `await` is missing.
"""

import asyncio


async def colour() -> str:
    """Look at the flower for a while, and tell its colour."""
    await asyncio.sleep(0.1)
    return "red"


async def describe() -> str:
    """Forget `await`: `seen` is a coroutine."""
    seen = colour()
    try:
        return "a " + seen + " tulip"  # type: ignore[operator]
    finally:
        seen.close()  # else Python says, too: never awaited


async def describe_and_await() -> str:
    """Await it: `seen` is a text."""
    seen = await colour()
    return "a " + seen + " tulip"


async def main() -> None:
    """Describe a tulip twice."""
    try:
        print("without await:", await describe())
    except TypeError as error:
        print("without await: TypeError")
        print(" ", error)
    print("with await:", await describe_and_await())


if __name__ == "__main__":
    asyncio.run(main())
