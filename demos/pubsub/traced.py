"""A client whose bytes are shown, both ways: `--trace`."""

import asyncio

from demos.pubsub.session import Session

TRACED = 200
"""Bytes of a chunk that a trace shows."""


class Traced(Session):
    """A session whose bytes are shown, both ways."""

    __slots__ = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Show what goes."""
        super().connection_made(transport)
        self.write = self.show_and_write

    def show_and_write(self, data: bytes) -> None:
        """Show bytes, write them."""
        self.show("<", data)
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Show what came."""
        self.show(">", data)
        super().data_received(data)

    def show(self, way: str, data: bytes) -> None:
        """Write bytes as Python does, on one line, the end cut."""
        assert self.server.trace is not None
        text = repr(data[:TRACED])[2:-1]
        more = "..." if len(data) > TRACED else ""
        self.server.trace(f"{self.id} {way} {text}{more}")
