"""What deadlock.py claims: to say the end is all that the broken client lacks."""

import asyncio
import difflib

import pytest

from demos.streams import deadlock
from slides import lessons


def test_the_broken_one_waits_and_the_fixed_one_is_answered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asyncio.run(deadlock.main(patience=0.2))
    assert capsys.readouterr().out == "broken: no answer in 0.20 s\nfixed: 2 flowers\n"


def test_both_wait_for_the_same_end() -> None:
    """The client's, which its hanging up is, too: then the server answers."""

    async def session() -> bytes:
        async with deadlock.serve() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"tulip\niris\n")
            answer = asyncio.create_task(reader.read())
            await asyncio.wait([answer], timeout=0.2)
            assert not answer.done()
            writer.write_eof()
            await answer
            writer.close()
            return answer.result()

    assert asyncio.run(session()) == b"2 flowers"


def test_they_differ_by_a_line() -> None:
    broken, fixed = (
        lessons.code(f"streams/deadlock.py:{name}").splitlines()[1:]
        for name in ("ask_broken", "ask_fixed")
    )
    changed = [line for line in difflib.ndiff(broken, fixed) if line[0] in "+-"]
    assert [line[1:].strip() for line in changed] == ["writer.write_eof()"]
    assert changed[0].startswith("+")
