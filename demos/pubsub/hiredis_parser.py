"""Requests read by hiredis, the parser in C of Redis's own clients.

It is quick, but made for replies: it takes what Redis would refuse. So
it reads only chunks that hold whole, plain requests, as nearly all do;
our own parser reads the others.

Source: https://github.com/redis/hiredis-py
"""

import re
from collections.abc import Iterable

import hiredis

from demos.pubsub.resp import Limits, Parser, Request, requests

END = b":0\r\n"
"""No request: if it comes out last, all before it is whole."""

ODD = re.compile(rb"\r\n[+=(~>%|]")
"""What may be read as a string or a list, and is none for Redis."""


MANY = re.compile(rb"\r\n\*[0-9]{5}")
"""An array for which hiredis would take much memory at once."""


class Hiredis:
    """A parser of requests, like `demos.pubsub.resp.Parser`."""

    __slots__ = ("limits", "own")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.own = Parser(requests(limits))

    def feed(self, data: bytes) -> Iterable[Request]:
        """Return the requests that these bytes complete.

        Raises ProtocolError, after the requests that came before it.
        """
        if (
            self.own.idle
            and not self.limits.guarded
            and data.startswith(b"*")
            and not ODD.search(data)
            and not MANY.search(b"\r\n" + data)
        ):
            found = read(data)
            if found is not None:
                return found
        return self.own.feed(data)


def read(data: bytes) -> list[Request] | None:
    """Return a chunk's requests, or None if it isn't that simple."""
    reader = hiredis.Reader()
    reader.feed(data + END)
    found = []
    try:
        while (words := reader.gets()) is not False:
            found.append(words)
        if not found or found.pop() != 0:
            return None
        for words in found:
            b"".join(words)  # TypeError: not only strings
    except (hiredis.ProtocolError, TypeError):
        return None
    return [words for words in found if words]
