"""The same echo twice: a coroutine calls the loop, the loop a protocol.

    $ python two_echoes.py
    coroutine: ['tulip', 'iris']
    protocol: ['tulip', 'iris']

`await` is where the coroutine calls the loop; the loop calls the
protocol's methods, which are ordinary ones: nothing there awaits. What
a coroutine keeps in a variable, a protocol keeps in an attribute: see
the client, whose box is filled when its connection is lost.
"""

# The two echoes are for narrow columns, side by side.
# mypy: allow-untyped-defs

import asyncio


async def echo(reader, writer):
    """Send back each line that comes, to the client's end."""
    async for line in reader:
        writer.write(line)
        await writer.drain()
    writer.close()


class Echo(asyncio.Protocol):
    """Send back what comes; the default at its end is to close."""

    def connection_made(self, via):
        self.transport = via

    def data_received(self, data):
        self.transport.write(data)


class Asker(asyncio.Protocol):
    """Hear all that comes; the end of the connection fills the box."""

    def __init__(self, box: asyncio.Future[bytes]) -> None:
        self.box, self.heard = box, b""

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def connection_lost(self, error: Exception | None) -> None:
        self.box.set_result(self.heard)


async def ask(server: asyncio.Server) -> bytes:
    """Send two lines, and their end; return what comes back."""
    where = server.sockets[0].getsockname()
    loop = asyncio.get_running_loop()
    box = loop.create_future()
    wire, _ = await loop.create_connection(lambda: Asker(box), *where)
    wire.write(b"tulip\niris\n")
    wire.write_eof()  # we have said all, and can still hear
    heard: bytes = await box
    return heard


async def main() -> None:
    """Ask a server of each kind."""
    loop = asyncio.get_running_loop()
    async with (
        await asyncio.start_server(echo, "127.0.0.1", 0) as coroutine,
        await loop.create_server(Echo, "127.0.0.1", 0) as protocol,
    ):
        heard = await ask(coroutine)
        print("coroutine:", heard.decode().split())
        heard = await ask(protocol)
        print("protocol:", heard.decode().split())


if __name__ == "__main__":
    asyncio.run(main())
