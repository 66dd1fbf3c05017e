# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp>=3.10"]
# ///
"""On a WebSocket either side speaks when it likes: a news ticker.

    $ python web_socket.py
    florist hears tulips
    gardener hears tulips
    florist hears rain
    gardener hears rain

The florist says tulips, the gardener rain. A client that does not read
is cut off; code 1001 tells the others that the server ends. In two
terminals, as many clients as you like:

    python -m demos library.web_socket --listen 8080
    python -m demos library.web_socket --connect 127.0.0.1:8080
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, WSMsgType, web


class Ticker:
    """Announces to all what one of them says."""

    def __init__(self) -> None:
        self.lines: dict[web.WebSocketResponse, asyncio.Transport] = {}

    async def attend(self, request: web.Request) -> web.StreamResponse:
        """Listen to one of them, to its end."""
        line = web.WebSocketResponse(max_msg_size=1000, timeout=1)
        await line.prepare(request)
        assert request.transport
        self.lines[line] = request.transport
        try:
            async for message in line:
                if message.type is WSMsgType.TEXT:
                    await self.announce(message.data)
        finally:
            self.lines.pop(line, None)
        return line

    async def announce(self, news: str) -> None:
        """Tell all; cut off who does not read."""
        for line, transport in list(self.lines.items()):
            if transport.get_write_buffer_size() > 32_768:
                transport.abort()
            try:
                await line.send_str(news)
            except ConnectionError:
                self.lines.pop(line, None)  # it is leaving

    async def close(self, app: web.Application) -> None:
        """Say to all that we go away: that is 1001."""
        ends = [line.close(code=1001) for line in self.lines]
        await asyncio.gather(*ends)


async def exchange(url: str) -> None:
    """Be two in one loop: each hears what either says."""
    async with (
        ClientSession(url) as http,
        http.ws_connect("/") as florist,
        http.ws_connect("/") as gardener,
    ):
        await florist.send_str("tulips")
        print("florist hears", await florist.receive_str())
        print("gardener hears", await gardener.receive_str())
        await gardener.send_str("rain")
        print("florist hears", await florist.receive_str())
        print("gardener hears", await gardener.receive_str())


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Run a ticker; give its port."""
    app, ticker = web.Application(), Ticker()
    app.router.add_get("/", ticker.attend)
    app.on_shutdown.append(ticker.close)
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
    """Run a ticker and follow it; or only run, or only follow."""
    if connect:
        return await exchange(f"http://{connect}")
    async with serve(listen or 0) as port:
        if listen is None:
            return await exchange(f"http://127.0.0.1:{port}")
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
