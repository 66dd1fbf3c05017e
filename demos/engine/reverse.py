"""The server that reverses, and its clients, on our own engine.

    $ python -m demos.engine.reverse
    tulip -> pilut
    rose -> esor
    iris -> siri
    poppy -> yppop

Two clients are served in turn, by one thread. In two terminals, or with
`nc` in the second one:

    python -m demos engine.reverse --listen 8080
    python -m demos engine.reverse --connect 127.0.0.1:8080
"""

from contextlib import suppress

from demos.engine.engine import AIOSocket, Loop, Task, gather, sleep


async def send_all(peer: AIOSocket, message: bytes) -> None:
    """Send all of a message: a `send` may take a part of it."""
    while message:
        sent = await peer.send(message)
        message = message[sent:]


async def answer(peer: AIOSocket) -> None:
    """Send each message back, reversed, until the client leaves."""
    with peer, suppress(ConnectionError):
        while message := await peer.recv(1024):
            await send_all(peer, message[::-1])


async def serve(server: AIOSocket) -> None:
    """Have a task for each client."""
    while True:
        peer, _ = await server.accept()
        Task(answer(peer))


async def ask(host: str, port: int, words: list[str]) -> None:
    """Send words, and print what they become."""
    with AIOSocket() as peer:
        await peer.connect((host, port))
        for word in words:
            await send_all(peer, word.encode())
            print(word, "->", (await peer.recv(1024)).decode())
            await sleep(0.1)


async def ask_twice(host: str, port: int) -> None:
    """Be two clients at once."""
    first = ask(host, port, ["tulip", "iris"])
    second = ask(host, port, ["rose", "poppy"])
    await gather(first, second)


async def start(listen: int | None) -> None:
    """Serve; with no port given, be the clients, too."""
    with AIOSocket() as server:
        server.bind(("127.0.0.1", listen or 0))
        server.listen()
        host, port = server.sock.getsockname()
        serving = Task(serve(server))
        if listen is None:
            await ask_twice(host, port)
        else:
            print(f"listening on {host}:{port}", flush=True)
            await serving


def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Serve and ask; or only serve, or only ask."""
    if connect:
        host, port = connect.rsplit(":", 1)
        Loop().run(ask_twice(host, int(port)))
    else:
        Loop().run(start(listen))


if __name__ == "__main__":
    main()
