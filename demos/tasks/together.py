"""`gather` waits for all, and keeps the order of its arguments.

    $ python together.py
    tulip: in flower
    rose: in flower
    ['rose', 'tulip']
    iris: wilts
    rose: in flower
    ['rose', ValueError('no water')]
    iris: wilts
    raised: ValueError('no water')
    rose: in flower

It raises the first error at once, and the others go on: whoever wants
them cancelled takes a TaskGroup. With `return_exceptions=True` it
raises nothing, and an error is a result among others: look for it.
"""

import asyncio


async def grow(name: str, days: float) -> str:
    """Flower in the end."""
    await asyncio.sleep(days)
    print(f"{name}: in flower")
    return name


async def wilt(name: str, days: float) -> str:
    """Fail in the end."""
    await asyncio.sleep(days)
    print(f"{name}: wilts")
    raise ValueError("no water")


async def in_order(day: float) -> None:
    """Print what each has returned, the slow one first."""
    flowers = await asyncio.gather(
        grow("rose", 2 * day),
        grow("tulip", day),
    )
    print(flowers)


async def errors_too(day: float) -> None:
    """Print what each has returned or raised."""
    ends = await asyncio.gather(
        grow("rose", 2 * day),
        wilt("iris", day),
        return_exceptions=True,
    )
    print(ends)


async def first_error(day: float) -> None:
    """Catch what one raises; wait for the other all the same."""
    rose = asyncio.create_task(
        grow("rose", 2 * day),
    )
    try:
        await asyncio.gather(
            rose,
            wilt("iris", day),
        )
    except ValueError as error:
        print("raised:", repr(error))
    await rose  # it has gone on


async def main(*, day: float = 0.2) -> None:
    """Gather results, then results and errors, then an error."""
    await in_order(day)
    await errors_too(day)
    await first_error(day)


if __name__ == "__main__":
    asyncio.run(main())
