"""A connection that listens cannot publish: another one does.

    $ python -m demos.pubsub.one_connection
    florist: listens to news, and publishes there
    ReplyError: ERR Can't execute 'publish'
    florist: publishes on another connection
    florist: tulip on news

On a line where messages come at any time, a reply to PUBLISH could not
be told from them: Redis refuses it, in RESP2, and so does the stub.
Hence the second connection of all these lessons.
"""

import asyncio

from demos.pubsub.client import Connection, ReplyError
from demos.pubsub.stub import serve


async def publish(connection: Connection) -> None:
    """Publish a tulip; tell what the server says."""
    try:
        await connection.publish("news", "tulip")
    except ReplyError as error:
        print("ReplyError:", str(error).partition(":")[0])


async def main() -> None:
    """Publish on the wrong connection, then on another one."""
    async with (
        serve() as port,
        await Connection.create(port=port) as listener,
        await Connection.create(port=port) as publisher,
    ):
        florist = await listener.start_subscribe()
        await florist.subscribe(["news"])
        print("florist: listens to news, and publishes there")
        await publish(listener)
        print("florist: publishes on another connection")
        await publish(publisher)
        message = await florist.next_published()
        print(f"florist: {message.value} on {message.channel}")


if __name__ == "__main__":
    asyncio.run(main())
