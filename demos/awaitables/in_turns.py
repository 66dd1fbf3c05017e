"""Two coroutines, stepped in turns by hand: the seed of a loop.

    $ python in_turns.py
    turn 0
    turn 1
    turn 2
    tulip blooms
    turn 3
    iris blooms
    turn 4
    tulip blooms

One blooms every second night, one every third: other numbers, another
order, and always the one that you can tell in advance. Try
`python -m demos awaitables.in_turns --tulip 3 --iris 2`.
"""

from collections.abc import Coroutine, Generator

Pauses = Generator[None, None, None]


class Night:
    """An awaitable of one pause."""

    def __await__(self) -> Pauses:
        yield


async def bloom(name: str, nights: int) -> None:
    """Bloom again and again, after so many nights."""
    while True:
        for _ in range(nights):
            await Night()
        print(name, "blooms")


def take_turns(
    first: Coroutine[None, None, None],
    second: Coroutine[None, None, None],
    turns: int,
) -> None:
    """Step the one, then the other."""
    for turn in range(turns):
        print("turn", turn)
        first.send(None)
        second.send(None)


def main(*, tulip: int = 2, iris: int = 3, turns: int = 5) -> None:
    """Have two flowers bloom, each at its pace."""
    take_turns(bloom("tulip", tulip), bloom("iris", iris), turns)


if __name__ == "__main__":
    main()
