# /// script
# requires-python = ">=3.11"
# dependencies = ["trustme>=1.2"]
# ///
"""With TLS, the client checks who the server is, by its certificate.

    $ python tls.py
    127.0.0.1, by another authority: refused
    tulips.example, by ours: refused
    127.0.0.1, by ours: tulip

Who refuses has not said a word. The server also prints the path of its
authority's own certificate, for the client, in another terminal:

    python -m demos streams.tls --listen 8443
    python -m demos streams.tls --connect 127.0.0.1:8443 --ca PATH
    openssl s_client -connect 127.0.0.1:8443 -CAfile PATH
"""

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import trustme


async def ask(where: str, trust: ssl.SSLContext, name: str) -> str:
    """Send a word, once sure that its peer has the name."""
    host, port = where.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(
        host, port, ssl=trust, server_hostname=name
    )
    writer.write(b"tulip\n")
    answer = await reader.readuntil(b"\n")
    writer.close()
    await writer.wait_closed()
    return answer.decode().strip()


async def try_out(where: str, name: str, ca: trustme.CA) -> str:
    """Ask for a name, and trust what an authority has signed."""
    trust = ssl.create_default_context()
    ca.configure_trust(trust)
    try:
        return await ask(where, trust, name)
    except ssl.SSLCertVerificationError:
        return "refused"


async def try_all(where: str, ours: trustme.CA) -> None:
    """Ask by a wrong authority, then by a wrong name, then well."""
    answer = await try_out(where, "127.0.0.1", trustme.CA())
    print("127.0.0.1, by another authority:", answer)
    answer = await try_out(where, "tulips.example", ours)
    print("tulips.example, by ours:", answer)
    answer = await try_out(where, "127.0.0.1", ours)
    print("127.0.0.1, by ours:", answer)


async def echo_back(reader: StreamReader, writer: StreamWriter) -> None:
    """Send back what comes, to its end: the same as without TLS."""
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def serve(authority: trustme.CA, port: int) -> AsyncIterator[int]:
    """Serve on a port; OpenSSL reads the key from a brief file."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    server = await asyncio.start_server(
        echo_back, "127.0.0.1", port, ssl=tls
    )
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(
    *,
    ca: Path | None = None,
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Serve and ask; or only serve, or only ask."""
    if connect:
        trust = ssl.create_default_context(cafile=ca)
        name = connect.rsplit(":", 1)[0]
        return print(await ask(connect, trust, name))
    authority = trustme.CA()
    async with serve(authority, listen or 0) as port:
        if listen is None:
            return await try_all(f"127.0.0.1:{port}", authority)
        with authority.cert_pem.tempfile() as path:
            print(f"listening on 127.0.0.1:{port}\n{path}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
