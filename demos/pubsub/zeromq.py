# /// script
# requires-python = ">=3.11"
# dependencies = ["pyzmq>=25.1"]
# ///
"""ZeroMQ publishes with no server: the publisher keeps the list.

    $ python -m demos.pubsub.zeromq
    listening on 127.0.0.1:39907
    publisher: 2 subscriptions have arrived
    florist heard tulip, winter
    gardener heard tulip, rain, winter

Channels are prefixes: `news` is `newspaper` too, and the gardener's ""
is all. On Windows, `pip install tornado` too. In two terminals:

    python -m demos pubsub.zeromq --listen 5555
    python -m demos pubsub.zeromq --connect 127.0.0.1:5555
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import zmq
from zmq.asyncio import Context, Socket

Sockets = Iterator[Socket]


async def tune_in(socket: Socket, say: Callable[[str], object]) -> None:
    """Say each flower that comes, until winter."""
    flower = ""
    while flower != "winter":
        flower = (await socket.recv_multipart())[1].decode()
        say(flower)


async def broadcast(socket: Socket, count: int, pause: float) -> None:
    """Publish once so many have subscribed: before, it is lost."""
    for _ in range(count):
        await socket.recv()  # b"\x01news": someone subscribes to news
    print(f"publisher: {count} subscriptions have arrived")
    for message in "news tulip", "weather rain", "news winter":
        await asyncio.sleep(pause)
        await socket.send_multipart(message.encode().split())


@contextmanager
def publisher(context: Context, port: int) -> Sockets:
    """Make a socket that hears who subscribes, and publishes."""
    with context.socket(zmq.XPUB) as socket:
        socket.setsockopt(zmq.XPUB_VERBOSE, 1)  # each, not the first
        socket.bind(f"tcp://127.0.0.1:{port or '*'}")
        url = socket.get_string(zmq.LAST_ENDPOINT)
        print("listening on", url.removeprefix("tcp://"), flush=True)
        yield socket


@contextmanager
def subscriber(context: Context, url: str, prefix: str) -> Sockets:
    """Make a socket that receives what starts with a prefix."""
    with context.socket(zmq.SUB) as socket:
        socket.subscribe(prefix)
        socket.connect(url)
        yield socket


async def both(context: Context, pause: float) -> None:
    """Publish to two subscribers, all in one loop."""
    florist: list[str] = []
    gardener: list[str] = []
    with publisher(context, 0) as source:
        url = source.get_string(zmq.LAST_ENDPOINT)
        with (
            subscriber(context, url, "news") as one,
            subscriber(context, url, "") as other,
        ):
            await asyncio.gather(
                tune_in(one, florist.append),
                tune_in(other, gardener.append),
                broadcast(source, 2, pause),
            )
    print("florist heard", ", ".join(florist))
    print("gardener heard", ", ".join(gardener))


async def main(
    *,
    listen: int | None = None,
    connect: str | None = None,
    pause: float = 0.2,
) -> None:
    """Publish to two subscribers; or only publish, or only hear."""
    with Context() as context:
        if connect is not None:
            with subscriber(context, f"tcp://{connect}", "news") as one:
                await tune_in(one, print)
        elif listen is not None:
            with publisher(context, listen) as source:
                await broadcast(source, 1, pause)
        else:
            await both(context, pause)


if __name__ == "__main__":
    asyncio.run(main())
