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
`--listen 8080`, `curl http://127.0.0.1:8080/flowers`.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
from aiohttp import ClientError, web


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
        if (name := request.match_info["name"]) in self.stock:
            return web.json_response({name: self.stock[name]})
        return web.json_response({"error": f"no {name}"}, status=404)

    async def store(self, request: web.Request) -> web.Response:
        """Answer PUT /flowers/iris, once its body has come."""
        with suppress(LookupError, ValueError):  # it may be no JSON
            match await request.json():
                case {"colour": str(it)} if len(self.stock) < 99:
                    self.stock[request.match_info["name"]] = it
                    return await self.show(request)
        raise web.HTTPBadRequest(text="no colour, or no room\n")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Put the coroutines behind routes; give the port."""
    app, florist = web.Application(client_max_size=500), Florist()
    app.router.add_get("/flowers", florist.names)
    app.router.add_get("/flowers/{name}", florist.show)
    app.router.add_put("/flowers/{name}", florist.store)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def ask(http: aiohttp.ClientSession, *paths: str) -> None:
    """Print what is at each path; others advance at `await`."""
    for path in paths:
        async with http.get(path) as answer:
            print(f"{path}:", await answer.json())


async def visit(url: str, timeout: float) -> None:
    """Ask for the slow page and, meanwhile, for the others."""
    limits = aiohttp.ClientTimeout(total=timeout)
    async with aiohttp.ClientSession(
        url, timeout=limits, raise_for_status=True
    ) as http:
        some = "/flowers/tulip", "/flowers/narcissus"
        await asyncio.gather(ask(http, "/flowers"), ask(http, *some))


async def main(
    *,
    listen: int | None = None,
    connect: str | None = None,
    timeout: float = 5.0,
) -> None:
    """Serve and visit; or only one of both."""
    if connect is not None:
        return await visit(f"http://{connect}", timeout)
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
        sys.exit(f"web: no florist at {at} ({kind})")
