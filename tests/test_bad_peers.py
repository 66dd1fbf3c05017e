"""Lessons that connect take no hang-up for an answer; the robust ones stand more."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path

import pytest

from tests.served import (
    DATAGRAMS,
    PATHS,
    ROBUST,
    Outcome,
    bad_peer,
    lessons,
    told,
)

SHOWS = {"streams.echo_protocol", "streams.framing"}
"""Those whose lesson is to show whatever comes: from who hangs up, nothing."""

CLIENTS = [each for each in lessons("--connect") if each not in DATAGRAMS | PATHS]

HANG_UPS = {
    "streams.framing": ("reset", "cut", "endless"),
    "streams.slow_reader": ("early", "reset", "cut"),
}
"""What a robust client notices: the others stay, and so does it, until Ctrl-C."""


def says_so(outcome: Outcome, lesson: str, where: str) -> None:
    """Check that a client has ended with one line about its server."""
    (line,) = outcome.errors.splitlines()
    assert line.startswith(f"{lesson.partition('.')[2]}: {where}: ")
    assert outcome.code == 1


def test_there_are_clients() -> None:
    assert {"streams.echo_streams", "streams.tls"} <= set(CLIENTS)
    assert set(HANG_UPS) == ROBUST & set(CLIENTS)


@pytest.mark.parametrize("lesson", CLIENTS)
def test_a_hang_up_is_no_answer(lesson: str) -> None:
    with bad_peer("early") as where:
        outcome = told(lesson, "--connect", where)
    if lesson in SHOWS:
        assert outcome.code == 0
        assert not re.search("data_received|line:", outcome.output)
    else:
        says_so(outcome, lesson, where)


@pytest.mark.parametrize(
    ("lesson", "kind"),
    [(lesson, kind) for lesson, kinds in HANG_UPS.items() for kind in kinds],
)
def test_a_robust_client_says_what_its_server_did(lesson: str, kind: str) -> None:
    with bad_peer(kind) as where:
        outcome = told(lesson, "--connect", where)
    says_so(outcome, lesson, where)


def test_a_hang_up_at_a_path_is_no_answer(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        outcome = told("streams.unix_socket", "--connect", path)
        thread.join()
    says_so(outcome, "streams.unix_socket", path)
