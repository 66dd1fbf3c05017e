"""No loop is needed: a `for` runs a coroutine to its end.

    $ python by_hand.py
    __await__ gives an iterator: True
    rain: falls
    tulip: drinks water
    for: 0 pauses
    rain: falls
    iris: drinks water
    next: StopIteration('iris in flower')

A call runs nothing: it makes an object, which has `__await__`. `for`
runs it to its end, `next` to its next pause. There was none: `await`
alone pauses nothing. What it returns comes in StopIteration.
"""

from collections.abc import Iterator


async def rain() -> str:
    """Answer at once."""
    print("rain: falls")
    return "water"


async def grow(name: str) -> str:
    """Drink when it rains."""
    water = await rain()
    print(f"{name}: drinks {water}")
    return f"{name} in flower"


def run_to_end(steps: Iterator[object]) -> None:
    """Run them all, and count the pauses."""
    pauses = 0
    for _ in steps:
        pauses += 1
    print("for:", pauses, "pauses")


def step(steps: Iterator[object]) -> None:
    """Run to the next pause, or to the end."""
    try:
        print("next:", next(steps))
    except StopIteration as end:
        print("next:", repr(end))


def main() -> None:
    """Run one coroutine by `for`, another by `next`."""
    tulip = grow("tulip").__await__()
    print("__await__ gives an iterator:", iter(tulip) is tulip)
    run_to_end(tulip)
    iris = grow("iris").__await__()
    step(iris)


if __name__ == "__main__":
    main()
