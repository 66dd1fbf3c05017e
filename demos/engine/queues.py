"""A queue for the engine, as asyncio's: who puts or gets may wait."""

from collections import deque
from collections.abc import Callable
from math import inf
from typing import Generic, TypeVar

from demos.engine.engine import Cancelled, Future

T = TypeVar("T")


class Queue(Generic[T]):
    """Items in their order, at most so many."""

    def __init__(self, size: float = inf) -> None:
        self.size = size
        self.items: deque[T] = deque()
        self.getters: deque[Future[None]] = deque()
        self.putters: deque[Future[None]] = deque()

    def has_items(self) -> bool:
        """Tell whether one can get."""
        return bool(self.items)

    def has_room(self) -> bool:
        """Tell whether one can put."""
        return len(self.items) < self.size

    async def put(self, item: T) -> None:
        """Add an item, once there is room."""
        await stand_in(self.putters, self.has_room)
        self.items.append(item)
        call_next(self.getters)

    async def get(self) -> T:
        """Take the first item, once there is one."""
        await stand_in(self.getters, self.has_items)
        item = self.items.popleft()
        call_next(self.putters)
        return item


async def stand_in(
    line: deque[Future[None]], can_go: Callable[[], bool]
) -> None:
    """Stand in a line for as long as one cannot go."""
    while not can_go():
        turn: Future[None] = Future()
        line.append(turn)
        try:
            await turn
        except Cancelled:
            # Who was called, and leaves, calls the next one.
            if turn.error is None and can_go():
                call_next(line)
            raise


def call_next(line: deque[Future[None]]) -> None:
    """Call the first one in a line who has not left."""
    while line:
        turn = line.popleft()
        if not turn.finished:
            turn.set_result(None)
            return
