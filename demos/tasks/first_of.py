"""`wait` can return at the first end; the others are yours to cancel.

    $ python first_of.py
    almanac: cancelled
    first: frog says rain
    frog: cancelled
    first: sky says sun

`wait` itself cancels nothing and raises nothing, not even when its own
`timeout=` is over: it gives two sets of tasks. The first end may be an
error: here `result()` raises it.
"""

import asyncio

Tasks = list[asyncio.Task[str]]


async def first_of(tasks: Tasks) -> str:
    """Return the first result; cancel the others."""
    done, pending = await asyncio.wait(
        tasks, return_when=asyncio.FIRST_COMPLETED
    )
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return done.pop().result()


async def forecast(name: str, weather: str, delay: float) -> str:
    """Answer in the end, unless cancelled."""
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise
    return f"{name} says {weather}"


async def main(*, delay: float = 0.3) -> None:
    """Ask two at once what the weather will be; then two others."""
    tasks = [
        asyncio.create_task(forecast("almanac", "snow", 60)),
        asyncio.create_task(forecast("frog", "rain", delay)),
    ]
    print("first:", await first_of(tasks))
    tasks = [
        asyncio.create_task(forecast("frog", "rain", 60)),
        asyncio.create_task(forecast("sky", "sun", 0)),
    ]
    print("first:", await first_of(tasks))


if __name__ == "__main__":
    asyncio.run(main())
