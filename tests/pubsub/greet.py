"""Connect with a client's own defaults, say PING. Arguments: package, port."""

import asyncio
import sys


async def redis(port: int) -> None:
    """Greet with redis-py."""
    from redis.asyncio import Redis

    async with Redis(port=port) as client:
        await client.ping()


async def glide(port: int) -> None:
    """Greet with valkey-glide."""
    from glide import (  # type: ignore[import-not-found]
        GlideClient,
        GlideClientConfiguration,
        NodeAddress,
    )

    place = GlideClientConfiguration([NodeAddress("127.0.0.1", port)])
    client = await GlideClient.create(place)
    await client.ping()
    await client.close()


if __name__ == "__main__":
    asyncio.run({"redis": redis, "glide": glide}[sys.argv[1]](int(sys.argv[2])))
