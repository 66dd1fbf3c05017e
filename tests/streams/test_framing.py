"""What framing.py claims: the lines do not depend on how bytes are cut."""

import asyncio
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.streams import framing
from demos.streams.framing import Lines
from tests.peers import need
from tests.served import bad_peer, served, told

WORDS = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=20)


def fed(chunks: list[bytes]) -> list[str]:
    lines = Lines()
    return [line for chunk in chunks for line in lines.feed(chunk)]


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, max_size=5), st.lists(st.integers(0, 99), max_size=5))
def test_any_cut_gives_the_same_lines(words: list[str], cuts: list[int]) -> None:
    raw = "".join(f"{word}\n" for word in words).encode()
    ends = sorted(min(cut, len(raw)) for cut in cuts)
    pieces = zip([0, *ends], [*ends, len(raw)], strict=True)
    assert fed([raw[start:end] for start, end in pieces]) == words


def test_a_letter_may_be_cut() -> None:
    raw = "œillet\n".encode()
    assert fed([raw[:1], raw[1:]]) == ["œillet"]
    assert fed([bytes([byte]) for byte in raw]) == ["œillet"]


def test_what_has_no_end_is_kept() -> None:
    lines = Lines()
    assert lines.feed(b"tul") == []
    assert lines.rest == b"tul"
    assert lines.feed(b"ip\n") == ["tulip"]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_is_bounded(end: bytes) -> None:
    assert fed([b"x" * 1024, b"\n"]) == ["x" * 1024]
    with pytest.raises(ValueError, match="over 1024 bytes"):
        fed([b"x" * 1024, b"x" + end])
    with pytest.raises(ValueError, match="over 1024 bytes"):
        fed([b"x" * 1025 + end])


def test_a_cut_line_and_an_endless_one_are_told() -> None:
    """The runner makes one line of each: see test_bad_peers."""
    for kind, error, words in (
        ("cut", EOFError, "inside a line"),
        ("endless", ConnectionAbortedError, "over 1024 bytes"),
    ):
        with bad_peer(kind) as where, pytest.raises(error, match=words):
            asyncio.run(framing.read_both_ways(where))


def test_nonsense_is_no_error() -> None:
    assert fed([b"\xff\xc5\n"]) == ["\ufffd\ufffd"]


def test_netcat_gets_the_lines_whole() -> None:
    nc = need(shutil.which("nc"), "nc (apt install netcat-openbsd)")
    with served("streams.framing") as server:
        words = [nc, "-d", "127.0.0.1", str(server.port)]
        done = subprocess.run(words, capture_output=True, timeout=20)
    assert done.stdout.decode() == "tulip\niris\nœillet\n"


def test_a_read_is_no_message_but_a_line_is() -> None:
    with served("streams.framing") as server:
        done = told("streams.framing", "--connect", server.address)
    assert (done.code, done.errors) == (0, "")
    reads = re.findall(r"(?m)^read: (.+)$", done.output)
    lines = re.findall(r"(?m)^  line: '(.+)'$", done.output)
    assert lines == ["tulip", "iris", "œillet"]
    assert len(reads) > 1
    assert not set(reads) & {r"'tulip\n'", r"'iris\n'", r"'œillet\n'"}
