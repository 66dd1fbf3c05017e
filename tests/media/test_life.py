"""The life of a task: the sheet's line is that of the figure `task_states`."""

import asyncio
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from media.figures import life, task_states
from media.lang import LANGS, Lang
from media.text import MONO

SVG = "{http://www.w3.org/2000/svg}"


def texts(lang: Lang) -> list[ET.Element]:
    return list(ET.fromstring(life.picture(lang).svg()).iter(f"{SVG}text"))


@pytest.mark.parametrize("lang", LANGS)
def test_the_states_are_those_of_the_other_figure(lang: Lang) -> None:
    words = task_states.WORDS[lang]
    states = [words["ready"], words["running"], words["suspended"]]
    bold = [text.text for text in texts(lang) if text.get("font-weight") == "700"]
    assert bold == [*states, life.MORE[lang]["done"]]
    assert words["woken"] in [text.text for text in texts(lang)]


@pytest.mark.parametrize("lang", LANGS)
def test_each_end_has_what_reads_it_on_its_row(lang: Lang) -> None:
    rows = {text.text: float(text.get("y", 0)) for text in texts(lang)}
    levels = [(rows[end.by], rows[end.read]) for end in task_states.ENDS]
    assert all(0 < read - by < life.ROW / 2 for by, read in levels)
    assert all(below[0] - above[0] == life.ROW for above, below in pairwise(levels))


def test_the_code_is_that_of_the_other_figure_and_no_more() -> None:
    code = {text.text for text in texts("en") if text.get("font-family") == MONO}
    ends = {word for end in task_states.ENDS for word in (end.by, end.read)}
    assert code == {"create_task()", "await", "cancel()"} | ends


def test_it_goes_from_ready_to_running_to_suspended_to_ready() -> None:
    """A ready task runs at the loop's next turn only, and a woken one too."""
    seen = []

    async def main() -> None:
        door = asyncio.Event()

        async def work() -> None:
            seen.append("running")
            await door.wait()
            seen.append("running again")

        task = asyncio.create_task(work())
        seen.append("ready")
        await asyncio.sleep(0)
        seen.append("suspended")
        door.set()
        seen.append("woken")
        await task
        seen.append("done" if task.done() else "pending")

    asyncio.run(main())
    assert seen == ["ready", "running", "suspended", "woken", "running again", "done"]


def test_cancel_raises_at_the_next_turn() -> None:
    seen = []

    async def main() -> None:
        async def work() -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                seen.append("raised")
                raise

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        seen.append("cancel() returned")
        await asyncio.sleep(0)
        seen.append("next turn over")
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(main())
    assert seen == ["cancel() returned", "raised", "next turn over"]
