"""`async def` refuses `yield from`: await, or loop.

    $ python yield_from.py
    yield from [1]: 'yield from' inside async function
    yield 1; return 2: 'return' with value in async generator
    def: ['tulip', 'iris', 'rose']
    async def: ['tulip', 'iris', 'rose']

In a coroutine, `await` is what `yield from` was. In an asynchronous
generator, a loop yields again what another one yields. It does no more:
`yield from` also gives the value of `return`, passes on what is sent
and thrown in, and closes the inner generator with the outer one.
"""

import asyncio
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Iterable,
    Iterator,
)


def complaint(body: str) -> str:
    """Return what Python says of the body of an `async def`."""
    try:
        compile(f"async def dig():\n    {body}", "garden.py", "exec")
    except SyntaxError as error:
        return error.msg
    return "compiles"


def join(*beds: Iterable[str]) -> Iterator[str]:
    """Yield the flowers of all beds."""
    for bed in beds:
        yield from bed


async def async_join(*beds: AsyncIterable[str]) -> AsyncIterator[str]:
    """Yield the flowers of all beds, each when it opens."""
    for bed in beds:
        async for flower in bed:
            yield flower


async def blooms(*names: str) -> AsyncIterator[str]:
    """Yield each flower when it opens."""
    for name in names:
        await asyncio.sleep(0.1)
        yield name


async def main() -> None:
    """Have both refused; then join two beds, in both ways."""
    for body in "yield from [1]", "yield 1; return 2":
        print(f"{body}: {complaint(body)}")
    print("def:", [*join(["tulip", "iris"], ["rose"])])
    beds = blooms("tulip", "iris"), blooms("rose")
    flowers = async_join(*beds)
    print("async def:", [flower async for flower in flowers])


if __name__ == "__main__":
    asyncio.run(main())
