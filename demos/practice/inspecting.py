"""`inspect` tells a function that makes coroutines from what it makes.

    $ python inspecting.py
    water: iscoroutinefunction
    water(): iscoroutine, isawaitable
    task: isawaitable
    future: isawaitable
    look: nothing
    call: tulip has water
    call: rose is dry

`await` takes what is awaitable. A plain function may return such a
thing, and no question asked of the function would tell: `call` looks at
what comes back. `asyncio.iscoroutinefunction` is deprecated since 3.14.
"""

import asyncio
import inspect
from collections.abc import Callable

Visit = Callable[[str], object]


async def call(visit: Visit, flower: str) -> object:
    """Call a function of either kind."""
    answer = visit(flower)
    if inspect.isawaitable(answer):
        answer = await answer
    return answer


async def water(flower: str) -> str:
    """Take some time to water."""
    await asyncio.sleep(0)
    return f"{flower} has water"


def look(flower: str) -> str:
    """Look at it, at once."""
    return f"{flower} is dry"


def kinds(thing: object) -> str:
    """Ask `inspect` three questions; name those it says yes to."""
    found = []
    for question in (
        inspect.iscoroutinefunction,
        inspect.iscoroutine,
        inspect.isawaitable,
    ):
        if question(thing):
            found.append(question.__name__)
    return ", ".join(found) or "nothing"


async def main() -> None:
    """Ask of each; then call one function of each kind."""
    coroutine = water("tulip")
    task = asyncio.create_task(water("iris"))
    print("water:", kinds(water))
    print("water():", kinds(coroutine))
    print("task:", kinds(task))
    future = asyncio.get_running_loop().create_future()
    print("future:", kinds(future))
    print("look:", kinds(look))
    await coroutine
    await task
    print("call:", await call(water, "tulip"))
    print("call:", await call(look, "rose"))


if __name__ == "__main__":
    asyncio.run(main())
