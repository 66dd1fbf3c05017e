"""In 2012 `yield from` let one generator call another.

    $ python garden_2012.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

Python 3.3 brought `yield from`, and `return` with a value (PEP 380):
answers and errors find their callers without a stack of ours. The
loop is still ours. Changed to run today: nothing; `main` is for those
who await.
"""

import asyncio
import time
from heapq import heappop, heappush


def rain(delay):
    """Wait, and answer."""
    yield delay
    return "water"


def grow(name, delay):
    """Drink when it rains."""
    water = yield from rain(delay)
    print(name, "drinks", water)
    return name


def run(*programs):
    """Run programs in turns, by due time; return their answers."""
    answers = [None] * len(programs)
    turns = [(0, number) for number in range(len(programs))]
    now = 0
    while turns:
        due, number = heappop(turns)
        time.sleep(due - now)
        now = due
        try:
            heappush(turns, (now + next(programs[number]), number))
        except StopIteration as end:
            answers[number] = end.value
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
