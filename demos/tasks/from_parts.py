"""A `sleep` and a `gather` of our own: a Future and a timer, tasks.

    $ python from_parts.py
    tulip: sown
    iris: sown
    iris: in flower
    tulip: in flower
    ['tulip', 'iris']
    took 0.40 s

A timer rings the Future's bell, and who awaits it goes on. All tasks
have started before the first is awaited, so that their waits overlap.
asyncio's own do more: they tidy up when they are cancelled.
"""

import asyncio
import time
from collections.abc import Coroutine


async def sleep(seconds: float) -> None:
    """Wait for a bell that a timer rings."""
    loop = asyncio.get_running_loop()
    bell = loop.create_future()
    loop.call_later(seconds, bell.set_result, None)
    await bell


async def gather(*coros: Coroutine[object, None, str]) -> list[str]:
    """Run coroutines together; return their results in order."""
    tasks = [asyncio.create_task(coro) for coro in coros]
    return [await task for task in tasks]


async def grow(name: str, days: float) -> str:
    """Flower in the end."""
    print(f"{name}: sown")
    await sleep(days)
    print(f"{name}: in flower")
    return name


async def main(*, delay: float = 0.2) -> None:
    """Grow a tulip for two days and an iris for one, together."""
    start = time.perf_counter()
    print(await gather(grow("tulip", 2 * delay), grow("iris", delay)))
    print(f"took {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
