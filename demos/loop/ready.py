"""The loop waits in one place: `select`, which tells who is ready.

    $ python ready.py
    select, 0.20 s at most: []
    timer: it is time
    select, without end: ['meadow']
    socket: b'tulip'
    select, without end: ["loop's own"]
    thread: rain

It waits until the next timer, and without one, until a descriptor can
be read, or written to. The loop's own is a socket by which others wake
it. Not shown: turns with work left to do, in which it does not wait.
`DefaultSelector` is the best one here: epoll, kqueue, `select`.
"""

import asyncio
import selectors
import socket
from asyncio import SelectorEventLoop
from selectors import SelectorKey
from threading import Timer

Ready = list[tuple[SelectorKey, int]]


class Watched(selectors.DefaultSelector):
    """A selector that tells how long it may wait, and what it found."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__()
        self.names = names

    def select(self, timeout: float | None = None) -> Ready:
        """Select, and tell it, unless it had not to wait."""
        ready = super().select(timeout)
        found = [self.name(key) for key, _ in ready]
        if timeout is None:
            print("select, without end:", found)
        elif timeout > 0:
            print(f"select, {timeout:.2f} s at most:", found)
        return ready

    def name(self, key: SelectorKey) -> str:
        """Name a descriptor."""
        return self.names.get(key.fd, "loop's own")


async def listen(meadow: socket.socket, delay: float) -> None:
    """Wait for a timer, a socket, another thread."""
    await asyncio.sleep(delay)
    print("timer: it is time")
    loop = asyncio.get_running_loop()
    print("socket:", await loop.sock_recv(meadow, 100))
    cloud = loop.create_future()
    answer = loop.call_soon_threadsafe, [cloud.set_result, "rain"]
    Timer(delay, *answer).start()  # a thread that waits, then calls
    print("thread:", await cloud)


def watch(delay: float) -> None:
    """Run it on a loop whose selector tells what it does."""
    meadow, bee = socket.socketpair()
    with meadow, bee:
        meadow.setblocking(False)
        Timer(3 * delay, bee.send, [b"tulip"]).start()
        loop = SelectorEventLoop(Watched({meadow.fileno(): "meadow"}))
        loop.run_until_complete(listen(meadow, delay))
        loop.close()


async def main(*, delay: float = 0.2) -> None:
    """Watch it in a thread: here, a loop runs already."""
    await asyncio.to_thread(watch, delay)


if __name__ == "__main__":
    asyncio.run(main())
