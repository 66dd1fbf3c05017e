# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp>=3.10"]
# ///
"""A body may be a stream: made, sent and read piece by piece.

    $ python streaming.py
    0.10 s: tulip
    0.21 s: iris
    bytes counted: 2097152

Nobody holds a whole body, and the flowers have no end. Two terminals:

    python -m demos library.streaming --listen 8080
    curl -N http://127.0.0.1:8080/flowers
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

from aiohttp import ClientSession, web


async def send_flowers(request: web.Request) -> web.StreamResponse:
    """Send a flower a line, until the reader leaves."""
    response = web.StreamResponse()
    await response.prepare(request)
    if request.method == "HEAD":
        return response  # the headers were all
    while True:
        for flower in (b"tulip\n", b"iris\n"):
            await asyncio.sleep(0.1)
            await response.write(flower)  # waits for a slow reader


async def count_bytes(request: web.Request) -> web.Response:
    """Count an upload as it comes; hold one piece at a time."""
    count = 0
    async for piece in request.content.iter_any():
        count += len(piece)
    return web.Response(text=f"{count}\n")


async def read_flowers(http: ClientSession) -> None:
    """Print two lines as they come, and leave."""
    start = perf_counter()
    async with http.get("/flowers") as response:
        for _ in range(2):
            line = await response.content.readline()
            passed = perf_counter() - start
            print(f"{passed:.2f} s: {line.decode().strip()}")


async def crates(count: int) -> AsyncIterator[bytes]:
    """Make a body of crates, each when the peer has room."""
    for _ in range(count):
        yield bytes(65_536)


async def visit(url: str) -> None:
    """Read one stream; then send another."""
    async with ClientSession(url, raise_for_status=True) as http:
        await read_flowers(http)
        async with http.put("/crates", data=crates(32)) as response:
            print("bytes counted:", int(await response.text()))


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve both; give the port. Who leaves cancels a handler."""
    app = web.Application()
    app.router.add_get("/flowers", send_flowers)
    app.router.add_put("/crates", count_bytes)
    runner = web.AppRunner(
        app, handler_cancellation=True, shutdown_timeout=0.1
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Serve and visit; or only serve, or only visit."""
    if connect:
        return await visit(f"http://{connect}")
    async with serve(listen or 0) as port:
        if listen is None:
            return await visit(f"http://127.0.0.1:{port}")
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
