"""No network but loopback.

A Python imports the module of this name when it starts, if it finds one: so the
guard is in each that the tests start, and in those that these start. Not in one that
ignores PYTHONPATH (-I, -E, -S), nor where C connects: uvloop, programs that are
not Python.
"""

import socket
from typing import Any

INTERNET = {socket.AF_INET, socket.AF_INET6}


def refuse(address: Any) -> None:
    """Raise AssertionError for an address that is not this machine's."""
    import ipaddress  # few programs come here: the others start sooner

    host = address[0]
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise AssertionError(f"a test tried to reach {host}")


def guard(name: str) -> None:
    """Let a method of sockets, which ends with an address, go to loopback only."""
    real = getattr(socket.socket, name)

    def guarded(self: socket.socket, *arguments: Any) -> Any:
        if self.family in INTERNET:
            refuse(arguments[-1])
        return real(self, *arguments)

    setattr(socket.socket, name, guarded)


for name in ("connect", "connect_ex", "sendto"):
    guard(name)
