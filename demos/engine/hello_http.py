"""The finale: HTTP/1.1 on our own engine, for curl, browsers, wrk.

    $ python -m demos.engine.hello_http
    HTTP/1.1 200 OK
    Content-Type: text/plain
    Content-Length: 14
    ...
    Hello, tulips!

It keeps connections open, and answers requests that come together. To
measure it, in two terminals:

    python -m demos engine.hello_http --listen 8080
    wrk -t1 -c100 -d5 http://127.0.0.1:8080/
"""

from contextlib import suppress

from demos.engine.engine import AIOSocket, Loop, Task
from demos.engine.reverse import send_all

LONGEST = 1 << 16
"""Bytes of a request; a longer one is refused."""

HELLO = b"Hello, tulips!"


def response(
    status: str, body: bytes = b"", close: bool = False
) -> bytes:
    """Write a response."""
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/plain",
        f"Content-Length: {len(body)}",
    ]
    if close:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + body


def respond(head: bytes) -> tuple[bytes, bool]:
    """Answer a request's head; tell whether more may come."""
    words, *lines = head.decode("latin-1").split("\r\n")
    match words.split(" "):
        case ["GET", _, "HTTP/1.1"]:
            keep = "connection: close" not in map(str.lower, lines)
            return response("200 OK", HELLO, not keep), keep
        case ["GET", _, "HTTP/1.0"]:
            return response("200 OK", HELLO, close=True), False
        case [_, _, "HTTP/1.1" | "HTTP/1.0"]:
            return response("405 Method Not Allowed", close=True), False
    return response("400 Bad Request", close=True), False


async def answer(peer: AIOSocket) -> None:
    """Answer requests, until either side has enough."""
    buffer = b""
    with peer, suppress(ConnectionError):
        while chunk := await peer.recv(LONGEST):
            buffer += chunk
            *heads, buffer = buffer.split(b"\r\n\r\n")
            for head in heads:
                reply, keep = respond(head)
                await send_all(peer, reply)
                if not keep:
                    return
            if len(buffer) > LONGEST:
                return


async def serve(server: AIOSocket) -> None:
    """Have a task for each client."""
    while True:
        peer, _ = await server.accept()
        Task(answer(peer))


async def get(host: str, port: int) -> None:
    """Be a client; print what is answered."""
    with AIOSocket() as peer:
        await peer.connect((host, port))
        request = b"GET / HTTP/1.1\r\nHost: tulips\r\n\r\n"
        await send_all(peer, request)
        head, _, body = (await peer.recv(LONGEST)).partition(
            b"\r\n\r\n"
        )
        print(*head.decode().splitlines(), "...", sep="\n")
        print(body.decode())


async def start(listen: int | None) -> None:
    """Serve; with no port given, be a client, too."""
    with AIOSocket() as server:
        server.bind(("127.0.0.1", listen or 0))
        server.listen()
        host, port = server.sock.getsockname()
        serving = Task(serve(server))
        if listen is None:
            await get(host, port)
        else:
            print(f"listening on {host}:{port}", flush=True)
            await serving


def main(*, listen: int | None = None) -> None:
    """Serve and ask; or only serve."""
    Loop().run(start(listen))


if __name__ == "__main__":
    main()
