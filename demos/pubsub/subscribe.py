"""A subscriber waits for what others publish; two wait in one loop.

    $ python -m demos.pubsub.subscribe
    florist: waits for news
    gardener: waits for news and weather.*
    florist: tulip on news
    gardener: tulip on news
    gardener: rain on weather.north
    florist: winter on news
    gardener: winter on news

Alone it plays the server and the publisher too. With a Redis at hand,
in two terminals:

    python -m demos pubsub.subscribe --redis 127.0.0.1:6379
    python -m demos pubsub.publish --redis 127.0.0.1:6379
"""

import asyncio

from demos.pubsub.client import Connection, Subscription
from demos.pubsub.stub import serve

Readers = tuple[Subscription, Subscription]


async def subscribe(
    connection: Connection,
    channel: str,
) -> Subscription:
    """Subscribe: once this returns, nothing is missed."""
    subscription = await connection.start_subscribe()
    await subscription.subscribe([channel])
    return subscription


async def listen(name: str, subscription: Subscription) -> None:
    """Print what is published, until winter."""
    while True:
        message = await subscription.next_published()
        print(f"{name}: {message.value} on {message.channel}")
        if message.value == "winter":
            return


async def two(one: Connection, other: Connection) -> Readers:
    """Subscribe two readers, each on a connection of its own."""
    florist = await subscribe(one, "news")
    print("florist: waits for news")
    gardener = await subscribe(other, "news")
    await gardener.psubscribe(["weather.*"])
    print("gardener: waits for news and weather.*")
    return florist, gardener


async def year(publisher: Connection, pause: float) -> None:
    """Publish a tulip, some rain, and winter."""
    await asyncio.sleep(pause)
    await publisher.publish("news", "tulip")
    await asyncio.sleep(pause)
    await publisher.publish("weather.north", "rain")
    await asyncio.sleep(pause)
    await publisher.publish("news", "winter")


async def connect(redis: str, password: str | None) -> Connection:
    """Connect to the server at HOST:PORT."""
    host, port = redis.rsplit(":", 1)
    return await Connection.create(host, int(port), password=password)


async def alone(pause: float) -> None:
    """Be the server, two subscribers and the publisher."""
    async with (
        serve() as port,
        await connect(f"127.0.0.1:{port}", None) as one,
        await connect(f"127.0.0.1:{port}", None) as other,
        await connect(f"127.0.0.1:{port}", None) as publisher,
    ):
        florist, gardener = await two(one, other)
        await asyncio.gather(
            listen("florist", florist),
            listen("gardener", gardener),
            year(publisher, pause),
        )


async def main(
    *,
    redis: str | None = None,
    password: str | None = None,
    pause: float = 0.2,
) -> None:
    """Hear a year go by; or what a Redis has to say."""
    if redis is None:
        await alone(pause)
        return
    async with (
        await connect(redis, password) as one,
        await connect(redis, password) as other,
    ):
        florist, gardener = await two(one, other)
        await asyncio.gather(
            listen("florist", florist), listen("gardener", gardener)
        )


if __name__ == "__main__":
    asyncio.run(main())
