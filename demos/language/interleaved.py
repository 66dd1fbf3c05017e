# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp>=3.10"]
# ///
"""Lines of slow HTTP responses come interleaved, each to its own loop.

    $ python interleaved.py
    tulip: a leaf
    iris: a leaf
    rose: a leaf
    tulip: a bud
    iris: a bud
    tulip: a flower
    rose: a bud
    iris: a flower
    rose: a flower

The content of a response is an asynchronous iterable of lines. Each
`async for` waits for those of one response, while the others go on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
from aiohttp import web


async def follow(http: aiohttp.ClientSession, url: str) -> None:
    """Print each line of a response when it comes."""
    async with http.get(url) as response:
        async for line in response.content:  # others go on
            print(line.decode().strip())


async def grow(request: web.Request) -> web.StreamResponse:
    """Answer /tulip/0.3 with three lines, 0.3 seconds before each."""
    name = request.match_info["name"]
    pause = float(request.match_info["pause"])
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionResetError):  # nobody listens any more
        for stage in "a leaf", "a bud", "a flower":
            await asyncio.sleep(pause)
            await response.write(f"{name}: {stage}\n".encode())
    return response


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[str]:
    """Serve on a port, any free one by default; give the URL."""
    app = web.Application()
    app.router.add_get("/{name}/{pause}", grow)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def main(*, pace: float = 0.12) -> None:
    """Ask for three flowers at once."""
    async with serve() as base, aiohttp.ClientSession() as http:
        await asyncio.gather(
            follow(http, f"{base}/tulip/{3 * pace}"),
            follow(http, f"{base}/iris/{4 * pace}"),
            follow(http, f"{base}/rose/{5 * pace}"),
        )


if __name__ == "__main__":
    asyncio.run(main())
