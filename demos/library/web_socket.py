# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp>=3.10"]
# ///
"""On a WebSocket either side speaks when it likes: a news ticker.

    $ python web_socket.py
    florist, gardener: tulips tulips
    florist, gardener: rain rain

Who does not read is hung up on; code 1001 tells the others the end.
In two terminals: `--listen 8080`, `--connect 127.0.0.1:8080`.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import ClientError, ClientSession, WSMsgType, web


class Ticker(dict[web.WebSocketResponse, asyncio.Transport | None]):
    """Announces to all what one says."""

    async def attend(self, request: web.Request) -> web.StreamResponse:
        """Listen to one of them."""
        one = web.WebSocketResponse(
            heartbeat=20, max_msg_size=999, timeout=1
        )
        await one.prepare(request)
        self[one] = request.transport
        try:
            async for message in one:
                if message.type is WSMsgType.TEXT:
                    await self.announce(message.data)
        finally:
            self.pop(one, None)
        return one

    async def announce(self, news: str) -> None:
        """Tell all; hang up on who does not read."""
        for one, transport in list(self.items()):
            if transport and transport.get_write_buffer_size() > 32768:
                transport.abort()
            with suppress(ConnectionError):  # it may be leaving
                await one.send_str(news)

    async def close(self, app: web.Application) -> None:
        """Say to all that we go away: that is 1001."""
        await asyncio.gather(*(one.close(code=1001) for one in self))


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Run a ticker; give its port."""
    app, ticker = web.Application(), Ticker()
    app.router.add_get("/", ticker.attend)
    app.on_shutdown.append(ticker.close)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def exchange(url: str) -> None:
    """Follow the ticker twice, in one loop."""
    async with (
        ClientSession(url) as http,
        http.ws_connect("/") as florist,
        http.ws_connect("/") as gardener,
    ):
        for one, news in (florist, "tulips"), (gardener, "rain"):
            await asyncio.sleep(0.3)
            await one.send_str(news)
            hear = florist.receive_str(), gardener.receive_str()
            print("florist, gardener:", *await asyncio.gather(*hear))


async def main(
    *,
    listen: int | None = None,
    connect: str | None = None,
    timeout: float = 5.0,
) -> None:
    """Run a ticker and follow it; or only one of both."""
    if connect is not None:
        async with asyncio.timeout(timeout):
            return await exchange(f"http://{connect}")
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
    trouble = OSError, ValueError, OverflowError, TypeError, ClientError
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except trouble as error:
        kind, port = type(error).__name__, options.listen
        at = options.connect or f"port {port}, taken or forbidden"
        sys.exit(f"web_socket: no ticker at {at} ({kind})")
