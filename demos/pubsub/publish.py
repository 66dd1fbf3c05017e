"""`publish` says how many received it; who comes later has missed it.

    $ python -m demos.pubsub.publish
    crocus: 0 received it
    tulip: 1 received it
    iris: 2 received it

Alone it starts a server, and a subscriber after each flower. With a
Redis it publishes to whoever listens there:

    python -m demos pubsub.publish --redis 127.0.0.1:6379
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from demos.pubsub.client import Connection
from demos.pubsub.stub import serve


async def publish(connection: Connection, flower: str) -> None:
    """Publish a flower; print how many subscribers received it."""
    received = await connection.publish("news", flower)
    print(f"{flower}: {received} received it")


async def connect(redis: str, password: str | None) -> Connection:
    """Connect to the server at HOST:PORT."""
    host, port = redis.rsplit(":", 1)
    return await Connection.create(host, int(port), password=password)


async def latecomers(
    redis: str,
    flowers: Sequence[str],
    pause: float,
) -> None:
    """Publish flowers; after each, one more subscriber comes."""
    async with AsyncExitStack() as stack:
        opened = stack.enter_async_context
        publisher = await opened(await connect(redis, None))
        for flower in flowers:
            await publish(publisher, flower)
            await asyncio.sleep(pause)
            reader = await opened(await connect(redis, None))
            subscription = await reader.start_subscribe()
            await subscription.subscribe(["news"])


async def main(
    *,
    redis: str | None = None,
    password: str | None = None,
    flowers: Sequence[str] = ("crocus", "tulip", "iris"),
    pause: float = 0.2,
) -> None:
    """Publish to subscribers that come one by one; or to a Redis."""
    if redis is None:
        async with serve() as port:
            await latecomers(f"127.0.0.1:{port}", flowers, pause)
        return
    async with await connect(redis, password) as publisher:
        for flower in flowers:
            await publish(publisher, flower)
            await asyncio.sleep(pause)


if __name__ == "__main__":
    asyncio.run(main())
