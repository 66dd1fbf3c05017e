#!/usr/bin/env bash
# aiohttp 3.14.5: HEAD on a StreamResponse is answered with its body.
#
# `add_get` adds HEAD too, with the same handler. Of a Response only the headers are
# sent; what the handler of a StreamResponse writes goes out, after headers that name
# no length and no chunks. A client that reads headers only, as HTTP wants it to, takes
# that body for the answer to its next request on the connection; a stream without end
# never lets it have one. A handler that returns once it is prepared sends none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5
cat > "$folder/head.py" <<'PYTHON'
import asyncio
from http.client import BadStatusLine, HTTPConnection

from aiohttp import web


async def whole(request: web.Request) -> web.Response:
    return web.Response(text="tulip\n")


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"tulip\n")
    return response


async def careful(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    await response.write(b"tulip\n")
    return response


def head_then_get(port: int, path: str) -> str:
    """Return what GET brings on the connection where HEAD was asked before."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("HEAD", path)
    connection.getresponse().read()
    connection.request("GET", path)
    try:
        return repr(connection.getresponse().read())
    except BadStatusLine as error:
        return f"bad status line {error.line!r}"
    finally:
        connection.close()


async def main() -> None:
    app = web.Application()
    for handler in whole, stream, careful:
        app.router.add_get(f"/{handler.__name__}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    for path in "whole", "stream", "careful":
        said = await asyncio.to_thread(head_then_get, port, f"/{path}")
        print(f"{path}: {said}")
    await runner.cleanup()


asyncio.run(main())
PYTHON
said=$("$folder/venv/bin/python" "$folder/head.py" 2> "$folder/errors")
echo "aiohttp 3.14.5:"
echo "$said"
[ "$said" = "whole: b'tulip\n'
stream: bad status line 'tulip\n'
careful: b'tulip\n'" ]
