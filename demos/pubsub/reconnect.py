"""A subscriber finds its server again, and subscribes again, by itself.

    $ python -m demos.pubsub.reconnect
    florist: tulip
    server: stops
    client: lost 127.0.0.1:43467: closed by the server
    server: starts again
    client: back at 127.0.0.1:43467, tries: 3
    florist: winter

What was published in between is lost: nobody keeps it. With a Redis,
stop it yourself, and start it again:

    python -m demos pubsub.reconnect --redis 127.0.0.1:6379
"""

import asyncio

from demos.pubsub.client import Connection, Subscription
from demos.pubsub.stub import Stub


async def hear(subscription: Subscription) -> None:
    """Print what is published, until winter."""
    async for message in subscription:
        print("florist:", message.value)
        if message.value == "winter":
            return


async def outage(stub: Stub, pause: float) -> None:
    """Stop the server for a while, between a tulip and winter."""
    await insist(stub.port, "tulip")
    print("server: stops")
    await stub.close()
    await asyncio.sleep(pause)
    print("server: starts again")
    await stub.listen(port=stub.port)
    await insist(stub.port, "winter")


async def insist(port: int, flower: str) -> None:
    """Publish until somebody receives it."""
    async with await Connection.create(port=port) as publisher:
        received = 0
        while not received:
            received = await publisher.publish("news", flower)
            await asyncio.sleep(0.01)


async def faithful(redis: str, password: str | None) -> Connection:
    """Connect to HOST:PORT, for good."""
    host, port = redis.rsplit(":", 1)
    return await Connection.create(
        host,
        int(port),
        password=password,
        reconnect=True,
        tell=lambda line: print("client:", line),
    )


async def subscribe(connection: Connection) -> Subscription:
    """Subscribe to the news."""
    subscription = await connection.start_subscribe()
    await subscription.subscribe(["news"])
    return subscription


async def alone(pause: float) -> None:
    """Be the server, the subscriber and the publisher."""
    stub = Stub()
    port = await stub.listen()
    try:
        async with await faithful(f"127.0.0.1:{port}", None) as one:
            florist = await subscribe(one)
            await asyncio.gather(hear(florist), outage(stub, pause))
    finally:
        await stub.close()


async def main(
    *,
    redis: str | None = None,
    password: str | None = None,
    pause: float = 0.4,
) -> None:
    """Live through a server's absence; or through that of a Redis."""
    if redis is None:
        await alone(pause)
        return
    async with await faithful(redis, password) as connection:
        await hear(await subscribe(connection))


if __name__ == "__main__":
    asyncio.run(main())
