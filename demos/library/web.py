# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp>=3.10"]
# ///
"""A web server is coroutines behind routes: a slow one delays none.

    $ python web.py
    /flowers/tulip: {'tulip': 'red'}
    /flowers/narcissus: {'narcissus': 'yellow'}
    /flowers: ['tulip', 'narcissus']

`/flowers` is asked for first, and comes last. In two terminals:

    python -m demos library.web --listen 8080
    curl http://127.0.0.1:8080/flowers
    curl -X PUT -d white http://127.0.0.1:8080/flowers/tulip
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web


class Florist:
    """Answers requests, with a coroutine for each kind."""

    def __init__(self) -> None:
        self.stock = {"tulip": "red", "narcissus": "yellow"}

    async def names(self, request: web.Request) -> web.Response:
        """Answer GET /flowers, and others while it waits."""
        await asyncio.sleep(0.5)
        return web.json_response(list(self.stock))

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET /flowers/tulip."""
        name = request.match_info["name"]
        if name not in self.stock:
            raise web.HTTPNotFound(text=f"no {name}\n")
        return web.json_response({name: self.stock[name]})

    async def paint(self, request: web.Request) -> web.Response:
        """Answer PUT /flowers/tulip, once its body has come."""
        name = request.match_info["name"]
        colour = await request.text()
        if name in self.stock:
            self.stock[name] = colour
        return await self.show(request)


async def ask(http: ClientSession, *paths: str) -> None:
    """Print what is at each path; others advance at `await`."""
    for path in paths:
        async with http.get(path) as answer:
            print(f"{path}:", await answer.json())


async def visit(url: str) -> None:
    """Ask for the slow page and, meanwhile, for the others."""
    async with ClientSession(url, raise_for_status=True) as http:
        slow = ask(http, "/flowers")
        quick = ask(http, "/flowers/tulip", "/flowers/narcissus")
        await asyncio.gather(slow, quick)


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Put the coroutines behind routes; give the port."""
    app, florist = web.Application(), Florist()
    app.router.add_get("/flowers", florist.names)
    app.router.add_get("/flowers/{name}", florist.show)
    app.router.add_put("/flowers/{name}", florist.paint)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
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
