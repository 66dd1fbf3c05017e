"""On the whole engine: a queue of one, and a task that is cancelled.

    $ python -m demos.engine.bouquet
    gardener: cut tulip
    florist: tied tulip
    gardener: cut iris
    florist: tied iris
    gardener: cut rose
    florist: tied rose
    florist: goes home
    ['tulip', 'iris', 'rose']

The gardener has to wait for a place in the queue; the florist waits for
flowers, until `Cancelled` is raised there. All of it is in
`engine.py`, but the queue: `queues.py` makes one of futures.
"""

from contextlib import suppress

from demos.engine.engine import Cancelled, Loop, Task, sleep
from demos.engine.queues import Queue


async def cut(flowers: list[str], queue: Queue[str]) -> None:
    """Put each flower into the queue, once there is room."""
    for flower in flowers:
        await queue.put(flower)
        print("gardener: cut", flower)


async def tie(queue: Queue[str], bouquet: list[str]) -> None:
    """Take flowers until nobody wants any more."""
    try:
        while True:
            flower = await queue.get()
            print("florist: tied", flower)
            bouquet.append(flower)
    except Cancelled:
        print("florist: goes home")
        raise


async def sell(delay: float) -> list[str]:
    """Have a gardener and a florist, until evening."""
    queue: Queue[str] = Queue(1)
    bouquet: list[str] = []
    florist = Task(tie(queue, bouquet))
    await Task(cut(["tulip", "iris", "rose"], queue))
    await sleep(delay)
    florist.cancel()
    with suppress(Cancelled):
        await florist
    return bouquet


def main(*, delay: float = 0.2) -> None:
    """Tie a bouquet, and print it."""
    print(Loop().run(sell(delay)))


if __name__ == "__main__":
    main()
