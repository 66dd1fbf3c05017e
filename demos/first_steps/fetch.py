# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp>=3.10", "requests>=2.32.2"]
# ///
"""Waits in turn add up; waits together cost only the longest.

    $ python fetch.py
    in turn  1.01 s
    together 0.41 s, 2.5 times faster

In two terminals: `python -m demos first_steps.fetch --listen 8080`, and
the same with `--connect 127.0.0.1:8080`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import requests
from aiohttp import web


def fetch_in_turn(urls: list[str]) -> list[str]:
    """Fetch each page when the one before has come."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way
        return [session.get(url, timeout=9).text for url in urls]


async def fetch(http: aiohttp.ClientSession, url: str) -> str:
    """Fetch one page; others advance at each `await`."""
    async with http.get(url) as response:
        return await response.text()


async def fetch_together(urls: list[str]) -> list[str]:
    """Fetch all pages at once, a connection each."""
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        return await asyncio.gather(*(fetch(http, url) for url in urls))


async def compare(urls: list[str]) -> None:
    """Time both clients on the same pages."""
    start = time.perf_counter()
    await asyncio.to_thread(fetch_in_turn, urls)  # it would block
    slow = time.perf_counter() - start
    print(f"in turn  {slow:.2f} s")
    start = time.perf_counter()
    await fetch_together(urls)
    fast = time.perf_counter() - start
    print(f"together {fast:.2f} s, {slow / fast:.1f} times faster")


async def answer(request: web.Request) -> web.Response:
    """Answer /0.3 after 0.3 seconds."""
    latency = float(request.match_info["latency"])
    await asyncio.sleep(latency)
    return web.Response(text=f"that took {latency} s")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve pages, each as late as its path says; give the port."""
    app = web.Application()
    app.router.add_get(r"/{latency:[0-9.]+}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def main(
    *,
    latencies: Sequence[float] = (0.1, 0.2, 0.3, 0.4),
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Serve and fetch; or only serve, or only fetch."""
    if connect is not None:
        await compare(
            [f"http://{connect}/{each}" for each in latencies]
        )
        return
    async with serve(listen or 0) as port:
        if listen is not None:
            print(f"listening on 127.0.0.1:{port}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C
        where = f"http://127.0.0.1:{port}"
        await compare([f"{where}/{each}" for each in latencies])


if __name__ == "__main__":
    asyncio.run(main())
