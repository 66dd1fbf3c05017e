"""Callbacks nest; the same server as a coroutine reads downwards.

    $ python ping_pong.py
    callbacks: pong, coroutine: pong

The same methods call back in both: in the second they call a future's
`set_result`, and the task that awaits it goes on.
"""

import asyncio


def serve_by_callbacks(line):
    """Answer one ping: each step is a function in the one before."""

    def received(ping):
        def sent(size):
            line.close()

        line.send(b"pong", sent)

    line.recv(received)


async def serve_by_coroutine(line):
    """Answer one ping: each step is a line, below the one before."""
    await line.recv()
    await line.send(b"pong")
    line.close()


class Line(asyncio.Protocol):
    """A connection: it calls back with what comes."""

    def __init__(self, serve):
        self.serve = serve

    def connection_made(self, transport):
        self.transport = transport
        self.serve(self)

    def data_received(self, data):
        self.received(data)

    def recv(self, received):
        self.received = received

    def send(self, data, sent):
        self.transport.write(data)
        sent(len(data))

    def close(self):
        self.transport.close()


class AwaitedLine:
    """A connection to await: what it calls back is a future."""

    def __init__(self, line):
        self.line = line

    async def recv(self):
        return await called_back(self.line.recv)

    async def send(self, data):
        await called_back(self.line.send, data)

    def close(self):
        self.line.close()


async def called_back(method, *arguments):
    """Await what a method calls back with."""
    future = asyncio.get_running_loop().create_future()
    method(*arguments, future.set_result)
    return await future


async def play(serve):
    """Serve one line; send a ping there, and return the answer."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Line(serve), "127.0.0.1", 0
    )
    async with server:
        where = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*where)
        writer.write(b"ping")
        answer = await reader.read()
        writer.close()
        return answer.decode()


async def main() -> None:
    """Play with both servers."""
    one = await play(serve_by_callbacks)
    async with asyncio.TaskGroup() as group:

        def start(line):
            group.create_task(serve_by_coroutine(AwaitedLine(line)))

        other = await play(start)
    print(f"callbacks: {one}, coroutine: {other}")


if __name__ == "__main__":
    asyncio.run(main())
