# /// script
# requires-python = ">=3.11"
# dependencies = ["redis>=5,!=8.0.0"]
# ///
"""The same at work: `redis.asyncio`, Redis's own client for Python.

    $ python -m demos.pubsub.redis_py
    florist, gardener: wait for news
    florist: tulip on news
    gardener: tulip on news
    florist: winter on news
    gardener: winter on news

Alone it speaks to our stub, and takes it for a Redis. With a real one:

    python -m demos pubsub.redis_py --redis 127.0.0.1:6379
"""

import asyncio

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from demos.pubsub.stub import serve


async def join(pubsub: PubSub) -> None:
    """Subscribe, and wait for the server's word."""
    await pubsub.subscribe("news")  # sends, and waits for nothing
    await pubsub.get_message(timeout=None)


async def follow(name: str, pubsub: PubSub) -> None:
    """Print what is published, until winter."""
    async for message in pubsub.listen():
        if message["type"] == "message":
            print(f"{name}: {message['data']} on {message['channel']}")
        if message["data"] == "winter":
            return


async def announce(redis: Redis, pause: float) -> None:
    """Publish a tulip, and winter."""
    for flower in "tulip", "winter":
        await asyncio.sleep(pause)
        await redis.publish("news", flower)


async def two(redis: Redis, pause: float | None) -> None:
    """Print what two subscribers hear; publish too, with a pause."""
    async with redis.pubsub() as one, redis.pubsub() as other:
        await join(one)
        await join(other)
        print("florist, gardener: wait for news")
        tales = [follow("florist", one), follow("gardener", other)]
        if pause is not None:
            tales.append(announce(redis, pause))
        await asyncio.gather(*tales)


def client(where: str, password: str | None) -> Redis:
    """Return a client of the server at HOST:PORT: it connects later."""
    host, port = where.rsplit(":", 1)
    return Redis(
        host=host,
        port=int(port),
        password=password,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),  # say at once: nobody there
    )


async def main(
    *,
    redis: str | None = None,
    password: str | None = None,
    pause: float = 0.2,
) -> None:
    """Hear a year go by; or what a Redis has to say."""
    if redis is None:
        async with (
            serve(password=password) as port,
            client(f"127.0.0.1:{port}", password) as alone,
        ):
            await two(alone, pause)
    else:
        async with client(redis, password) as real:
            await two(real, None)


if __name__ == "__main__":
    asyncio.run(main())
