"""Two who wait for each other: the engine ends, and says who waits.

    $ python -m demos.engine.stuck
    bee waits for a flower
    flower waits for a bee
    Deadlock:
      meadow, line 36
      bee, line 21
      flower, line 28

Nobody is ready, no time will come, no socket is awaited: nothing can
ever happen. asyncio would wait for ever, without a word.
"""

from demos.engine.engine import Deadlock, Future, Loop, gather


async def bee(bloomed: Future[None], visited: Future[None]) -> None:
    """Visit the flower once it has bloomed."""
    print("bee waits for a flower")
    await bloomed
    visited.set_result(None)


async def flower(bloomed: Future[None], visited: Future[None]) -> None:
    """Bloom once a bee has visited: that is not how it goes."""
    print("flower waits for a bee")
    await visited
    bloomed.set_result(None)


async def meadow() -> None:
    """Have them both."""
    bloomed: Future[None] = Future()
    visited: Future[None] = Future()
    await gather(bee(bloomed, visited), flower(bloomed, visited))


def main() -> None:
    """Show how it ends."""
    try:
        Loop().run(meadow())
    except Deadlock as error:
        print(f"Deadlock:{error}")


if __name__ == "__main__":
    main()
