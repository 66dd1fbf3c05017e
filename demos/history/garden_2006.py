"""In 2006 a generator could wait: `send` woke it with an answer.

    $ python garden_2006.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

Python 2.5 made `yield` an expression, whose value `send` brings (PEP
342). All else was ours: here a generator is a call, a number a wait,
the rest an answer; an error ends the run. Changed to run today:
`print` became a function; `main` is for those who await.
"""

import asyncio
import time
from heapq import heappop, heappush
from types import GeneratorType


def rain(delay):
    """Wait, and answer."""
    yield delay
    yield "water"


def grow(name, delay):
    """Drink when it rains."""
    water = yield rain(delay)
    print(name, "drinks", water)
    yield name


def resume(calls):
    """Run a stack of calls to its next wait, or to its answer."""
    said = None
    while calls:
        try:
            said = calls[-1].send(said)
        except StopIteration:  # it ends, and answers nothing
            said = None
        if isinstance(said, GeneratorType):  # a call
            calls.append(said)
            said = None
        elif isinstance(said, (int, float)):  # a wait
            return said
        else:  # an answer, to the caller
            calls.pop().close()
    return said


def run(*programs):
    """Run programs in turns, by due time; return their answers."""
    stacks = [[program] for program in programs]
    answers = [None] * len(programs)
    turns = [(0, number) for number in range(len(programs))]
    now = 0
    while turns:
        due, number = heappop(turns)
        time.sleep(due - now)
        now = due
        said = resume(stacks[number])
        if stacks[number]:
            heappush(turns, (now + said, number))
        else:
            answers[number] = said
    return answers


def garden(delay):
    """Grow two flowers together."""
    names = run(grow("tulip", 2 * delay), grow("iris", delay))
    print("in flower:", ", ".join(names))


async def main(*, delay: float = 0.1) -> None:
    """Grow them in a thread, beside a loop of today."""
    await asyncio.to_thread(garden, delay)


if __name__ == "__main__":
    asyncio.run(main())
