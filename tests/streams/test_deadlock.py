"""What deadlock.py claims: to say the end is all that the broken client lacks."""

import asyncio

import pytest

from demos.streams import deadlock


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
