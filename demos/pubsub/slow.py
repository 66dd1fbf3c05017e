"""A subscriber that doesn't read is dropped, before it costs too much.

    $ python -m demos.pubsub.slow
    sleeper: subscribes, then reads nothing
    publisher: 1 receives it
    publisher: nobody does any more
    sleeper: wakes up, and the server has hung up

A publisher never waits for subscribers, so something must give: what
waits for each is bounded. Here by 1 MB; in Redis 7 and 8, and in this
stub if not told otherwise, by 32 MB, or by 8 MB during a minute. The
network's own buffers hold a few more. Valkey 9 counts otherwise: a
message of 16 kB or more, which its subscribers share, counts nearly
nothing.
"""

import asyncio

from demos.pubsub.client import Connection
from demos.pubsub.resp import request
from demos.pubsub.stub import serve

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def fall_asleep(port: int) -> Streams:
    """Subscribe, wait for the server's word, then read no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request("SUBSCRIBE", "news"))
    await reader.readuntil(b":1\r\n")
    return reader, writer


async def flood(publisher: Connection, size: int) -> int:
    """Publish until nobody receives it; return how many bytes were."""
    sent = 0
    while await publisher.publish("news", "x" * size):
        sent += size
    return sent


async def wake_up(reader: asyncio.StreamReader) -> None:
    """Read all that came, and see how it ends."""
    try:
        while await reader.read(1 << 20):
            pass
    except ConnectionError:
        pass
    print("sleeper: wakes up, and the server has hung up")


async def main() -> None:
    """Publish to a subscriber that sleeps, until it is dropped."""
    async with (
        serve(hard=1 << 20) as port,
        await Connection.create(port=port) as publisher,
    ):
        reader, writer = await fall_asleep(port)
        print("sleeper: subscribes, then reads nothing")
        received = await publisher.publish("news", "tulip")
        print(f"publisher: {received} receives it")
        await flood(publisher, 1 << 16)
        print("publisher: nobody does any more")
        await wake_up(reader)
        writer.close()


if __name__ == "__main__":
    asyncio.run(main())
