"""One coroutine that blocks the thread starves all the others.

    $ python starvation.py
    polite A: start
    rude B: start
    rude B: middle
    rude B: end
    polite C: start
    polite A: middle, 0.60 s late
    polite C: middle, 0.00 s late
    polite A: end
    polite C: end

C could not even start. Rule of thumb: hand the thread over within
10 to 100 ms. Ctrl-C, too, has to wait for B.
"""

import asyncio
import time


async def polite(name: str, first: float, second: float) -> None:
    """Suspend twice; say how late the thread came back."""
    print(f"{name}: start")
    due = time.perf_counter() + first
    await asyncio.sleep(first)  # hands the thread over
    late = time.perf_counter() - due
    print(f"{name}: middle, {late:.2f} s late")
    await asyncio.sleep(second)
    print(f"{name}: end")


async def rude(name: str, first: float, second: float) -> None:
    """Sleep without `await`: nobody else moves."""
    print(f"{name}: start")
    time.sleep(first)  # keeps the thread
    print(f"{name}: middle")
    time.sleep(second)
    print(f"{name}: end")


async def main(*, first: float = 0.3, second: float = 0.6) -> None:
    """Run a rude coroutine between two polite ones."""
    await asyncio.gather(
        polite("polite A", first, second),
        rude("rude B", first, second),
        polite("polite C", first, second),
    )


if __name__ == "__main__":
    asyncio.run(main())
