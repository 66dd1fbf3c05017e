"""`yield` asks, `send` answers: values go both ways.

    $ python two_way.py
    florist asks: flower?
    you say: tulip
    florist asks: colour?
    you say: red
    florist sells: red tulip

What `send` passes in is what `yield` returns, and what `await` returns
if `__await__` returns it. The first `send` brings None: no `yield`
waits for a value yet.
"""

from collections.abc import Coroutine, Generator

Florist = Coroutine[str, str | None, str]


class Ask:
    """An awaitable that asks a question, and returns the answer."""

    def __init__(self, question: str) -> None:
        self.question = question

    def __await__(self) -> Generator[str, str, str]:
        answer = yield self.question
        return answer


async def sell() -> str:
    """Ask two questions, then sell."""
    flower = await Ask("flower?")
    colour = await Ask("colour?")
    return f"{colour} {flower}"


def answer(florist: Florist, *words: str) -> None:
    """Answer each question by the next word."""
    print("florist asks:", florist.send(None))
    try:
        for word in words:
            print("you say:", word)
            print("florist asks:", florist.send(word))
    except StopIteration as end:
        print("florist sells:", end.value)


def main() -> None:
    """Buy a tulip."""
    answer(sell(), "tulip", "red")


if __name__ == "__main__":
    main()
