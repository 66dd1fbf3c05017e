"""Requests read by hiredis, the parser in C of Redis's own clients.

It is quick, but made for replies: it takes what Redis would refuse. So
it reads only chunks that hold whole, plain requests, as nearly all do;
our own parser reads the others.

Source: https://github.com/redis/hiredis-py
"""

import re
from typing import Any

import hiredis

from demos.pubsub.resp import Request

END = b":0\r\n"
"""No request: if it comes out last, all before it is whole."""

ODD = re.compile(rb"\r\n[+=(~>%|]")
"""What may be read as a string or a list, and is none for Redis."""

MANY = re.compile(rb"\r\n\*[0-9]{5}")
"""An array for which hiredis would take much memory at once."""


def read(data: bytes) -> tuple[list[Request], int]:
    """Return a chunk's requests and its end; or none, and 0."""
    if not data.startswith(b"*") or ODD.search(data):
        return [], 0
    if MANY.search(b"\r\n" + data):
        return [], 0
    reader = hiredis.Reader()
    reader.feed(data + END)
    found = []
    try:
        while (words := reader.gets()) is not False:
            found.append(words)
        if not found or found.pop() != 0:
            return [], 0
        check_strings(found)
    except (hiredis.ProtocolError, TypeError):
        return [], 0
    return [words for words in found if words], len(data)


def check_strings(found: list[Any]) -> None:
    """Raise TypeError if not all that was found is lists of strings."""
    for words in found:
        if not isinstance(words, list):
            raise TypeError("not a list")
        b"".join(words)  # raises it, sooner than a look at each type
