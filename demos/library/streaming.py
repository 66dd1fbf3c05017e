# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp>=3.10"]
# ///
"""A body may be a stream: made, sent and read piece by piece.

    $ python streaming.py
    0.10 s: tulip
    0.21 s: iris
    bytes counted: 2097152

Nobody holds a whole body, and the flowers have no end: try `--listen
8080`, and `curl -N http://127.0.0.1:8080/flowers` elsewhere.
"""

import argparse
import asyncio
import itertools
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter as clock

from aiohttp import ClientError, ClientSession, web


async def send_flowers(request: web.Request) -> web.StreamResponse:
    """Send a flower a line, until the reader leaves."""
    response = web.StreamResponse()
    await response.prepare(request)
    for flower in itertools.cycle((b"tulip\n", b"iris\n")):
        await asyncio.sleep(0.1)
        await response.write(flower)  # backpressure suspends
    return response


async def count_bytes(request: web.Request) -> web.Response:
    """Count an upload as it comes; hold one piece at a time."""
    count = 0
    async for piece in request.content.iter_any():
        count += len(piece)
    return web.Response(text=f"{count}\n")


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


async def read_flowers(http: ClientSession) -> None:
    """Print two lines as they come, and leave."""
    start = clock()
    async with http.get("/flowers") as response:
        for _ in range(2):
            flower = (await response.content.readline()).decode()
            print(f"{clock() - start:.2f} s: {flower.strip()}")


async def crates(count: int) -> AsyncIterator[bytes]:
    """Make a body of crates, each when the peer has room."""
    for _ in range(count):
        yield bytes(65536)


async def visit(url: str) -> None:
    """Read one stream; then send another."""
    async with ClientSession(url, raise_for_status=True) as http:
        await read_flowers(http)
        async with http.put("/crates", data=crates(32)) as response:
            print("bytes counted:", int(await response.text()))


async def main(
    *,
    listen: int | None = None,
    connect: str | None = None,
    timeout: float = 5.0,
) -> None:
    """Serve and visit; or only one of both."""
    if connect is not None:
        async with asyncio.timeout(timeout):
            return await visit(f"http://{connect}")
    async with serve(listen or 0) as port:
        if listen is not None:
            print(f"listening on 127.0.0.1:{port}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C
        await main(connect=f"127.0.0.1:{port}", timeout=timeout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", type=int, metavar="PORT")
    either.add_argument("--connect", metavar="HOST:PORT")
    parser.add_argument("--timeout", type=float, default=5.0)
    logging.getLogger("aiohttp").addHandler(logging.NullHandler())
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, ValueError, OverflowError, ClientError) as error:
        kind, port = type(error).__name__, options.listen
        at = options.connect or f"port {port}, taken or forbidden"
        sys.exit(f"streaming: no florist at {at} ({kind})")
