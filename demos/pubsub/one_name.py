"""A string where a list of channels belongs: a clear error.

    $ python -m demos.pubsub.one_name
    florist: subscribes to 'news'
    TypeError: a list of names is needed, not 'news'
    florist: subscribes to ['news']
    florist: tulip on news

To Python a string is a list, too, of letters. Taken as one, it would
be four channels, n, e, w and s, and the florist would hear nothing of
the news, for ever, without an error. So the client asks first.
"""

import asyncio

from demos.pubsub.client import Connection, Subscription
from demos.pubsub.stub import serve


async def subscribe(
    florist: Subscription, channels: str | list[str]
) -> None:
    """Subscribe; tell what the client says to a string."""
    print(f"florist: subscribes to {channels!r}")
    try:
        await florist.subscribe(channels)
    except TypeError as error:
        print("TypeError:", error)


async def main() -> None:
    """Subscribe with a string, then with a list, and hear the news."""
    async with (
        serve() as port,
        await Connection.create(port=port) as connection,
        await Connection.create(port=port) as publisher,
    ):
        florist = await connection.start_subscribe()
        await subscribe(florist, "news")
        await subscribe(florist, ["news"])
        await publisher.publish("news", "tulip")
        message = await florist.next_published()
        print(f"florist: {message.value} on {message.channel}")


if __name__ == "__main__":
    asyncio.run(main())
