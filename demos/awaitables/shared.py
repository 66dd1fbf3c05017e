"""A coroutine is awaited once: two cannot share it.

    $ python shared.py
    tulip: waits for rain
    iris: coroutine is being awaited already
    tulip: drinks water
    rose: cannot reuse already awaited coroutine

A coroutine is a stack that is frozen, and there is one of it: who steps
it holds it to its end. The iris comes too early, the rose too late.
What several are to wait for must remember its answer: the Waiter of
waiter.py, or a future.
"""

from collections.abc import Coroutine, Generator

Rain = Coroutine[None, None, str]


class Night:
    """Suspend whoever awaits it, once."""

    def __await__(self) -> Generator[None, None, None]:
        yield


async def fall() -> str:
    """Rain, tomorrow."""
    await Night()
    return "water"


async def drink(name: str, rain: Rain) -> None:
    """Wait for the rain."""
    print(f"{name}: drinks {await rain}")


def step(name: str, flower: Coroutine[None, None, None]) -> None:
    """Advance a flower by one step; tell what Python says."""
    try:
        flower.send(None)
        print(f"{name}: waits for rain")
    except StopIteration:
        pass
    except RuntimeError as error:
        print(f"{name}: {error}")


def main() -> None:
    """Have three flowers wait for the same rain."""
    rain = fall()
    tulip = drink("tulip", rain)
    step("tulip", tulip)
    step("iris", drink("iris", rain))
    step("tulip", tulip)
    step("rose", drink("rose", rain))


if __name__ == "__main__":
    main()
