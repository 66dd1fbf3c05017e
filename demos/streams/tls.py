# /// script
# requires-python = ">=3.11"
# dependencies = ["trustme>=1.2"]
# ///
"""With TLS, the client checks who the server is, by its certificate.

    $ python tls.py
    127.0.0.1, by our authority: tulip
    127.0.0.1, by another: refused
    tulips.example, by our authority: refused

Who refuses has not said a word. `--listen 8443` prints the path of the
authority's own certificate, for `--connect 127.0.0.1:8443 --ca PATH`,
or `openssl s_client -connect 127.0.0.1:8443 -CAfile PATH`.
"""

import argparse
import asyncio
import ssl
import sys
from asyncio import StreamReader, StreamWriter, start_server
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

import trustme


async def ask(where: str, ca: str | None, name: str = "") -> str:
    """Send a word, once sure that its peer has the name."""
    host, _, port = where.rpartition(":")
    trust = ssl.create_default_context(cafile=ca)
    reader, writer = await asyncio.open_connection(
        host, int(port), ssl=trust, server_hostname=name or host
    )
    try:
        writer.write(b"tulip\n")
        return (await reader.readuntil()).decode().strip()
    finally:
        writer.transport.abort()


async def try_out(where: str, ours: str) -> None:
    """Ask well, then by a wrong authority, then by a wrong name."""
    with trustme.CA().cert_pem.tempfile() as other:
        for name, ca, who in (
            ("127.0.0.1", ours, "our authority"),
            ("127.0.0.1", other, "another"),
            ("tulips.example", ours, "our authority"),
        ):
            try:
                answer = await ask(where, ca, name)
            except ssl.SSLCertVerificationError:
                answer = "refused"
            print(f"{name}, by {who}: {answer}")
        await asyncio.sleep(0.1)  # the server sees the last one leave


async def echo_tls(reader: StreamReader, writer: StreamWriter) -> None:
    """Send back what comes, to its end: the same as without TLS."""
    with suppress(OSError, asyncio.CancelledError):
        while data := await reader.read(1 << 14):
            writer.write(data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()
    writer.transport.abort()  # who vanishes, or Ctrl-C


@asynccontextmanager
async def serve(authority: trustme.CA, port: int) -> AsyncIterator[int]:
    """Serve on a port as 127.0.0.1, and give the port."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # The key is in a file only while OpenSSL loads it.
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    server = await start_server(echo_tls, "127.0.0.1", port, ssl=tls)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(
    *,
    ca: str | None = None,
    timeout: float = 5.0,
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Serve and ask; or only serve, or only ask."""
    if connect is not None:
        return print(await asyncio.wait_for(ask(connect, ca), timeout))
    async with serve(authority := trustme.CA(), listen or 0) as port:
        with authority.cert_pem.tempfile() as path:
            if listen is None:
                return await try_out(f"127.0.0.1:{port}", path)
            print(f"listening on 127.0.0.1:{port}\n{path}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--ca", metavar="FILE")
    parser.add_argument("--timeout", type=float, default=5.0)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", type=int, metavar="PORT")
    either.add_argument("--connect", metavar="HOST:PORT")
    where = (options := parser.parse_args()).connect
    try:
        asyncio.run(main(**vars(options)))
    except KeyboardInterrupt:
        sys.exit(130)
    except ssl.SSLError as error:
        sys.exit(f"tls: {where}: {error.reason}")
    except TimeoutError:
        sys.exit(f"tls: no answer from {where}")
    except (EOFError, OSError, OverflowError, ValueError):
        port = f"port {options.listen} is taken or forbidden"
        sys.exit(f"tls: {f'nobody at {where}' if where else port}")
