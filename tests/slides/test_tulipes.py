"""The talk of thirty minutes: the numbers that its slides and notes give are true."""

from __future__ import annotations

import asyncio
import re

import pytest

from demos.history import event_loops
from slides import lessons, talks
from slides.deck import Slide
from tests.media.test_figure_facts import RELEASES

NUMBERS = {
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "cinq": 5,
    "six": 6,
    "neuf": 9,
    "douze": 12,
    "vingt": 20,
    "trente": 30,
    "cinquante": 50,
    "deux cents": 200,
}


@pytest.fixture(scope="module")
def slides() -> dict[str, Slide]:
    """Every slide with an id, of every talk, by its id."""
    shown = [slide for talk in talks.talks().values() for slide in talk.slides()]
    return {slide.id: slide for slide in shown if slide.id}


def said(slide: Slide, words: str) -> int:
    """Return the number that a slide or its notes give, as `words` with a hole."""
    prose = "\n".join(cell.source for cell in slide.cells if not cell.is_code)
    pattern = re.escape(words).replace("___", r"([a-zé]+(?: [a-zé]+)?)")
    match = re.search(pattern, prose.replace("\u00a0", " "), re.IGNORECASE)
    assert match, f"{words} is not on {slide.title}"
    return NUMBERS[match[1].lower()]


def lines(address: str) -> int:
    return sum(bool(line.strip()) for line in lessons.code(address).splitlines())


def test_the_talk_lasts_what_its_plan_says(slides: dict[str, Slide]) -> None:
    talk = talks.talk("tulipes")
    assert said(slides["plan"], "questions en ___ minutes") == talk.minutes
    assert said(slides["plan"], "## ___ questions") == 4
    for id_ in ("plan", "to_tasks", "to_pubsub", "to_end"):
        table = slides[id_].shown[0].source
        assert len(re.findall(r"(?m)^\| .+\?", table)) == 4


def test_the_eras_come_in_order_and_are_those_of_the_timeline(
    slides: dict[str, Slide],
) -> None:
    titles = [slide.title for slide in talks.talk("tulipes").slides()]
    years = [int(title[:4]) for title in titles if re.match(r"20\d\d\b", title)]
    assert years == [2006, 2012, 2014, 2015, 2018, 2022]
    assert set(years) < {release.year for release in RELEASES}
    assert said(slides["group"], "___ écritures, un seul programme") == len(years)
    ages = RELEASES[-1].year - RELEASES[0].year
    assert said(slides["timeline"], "époques en ___ ans") == ages
    assert (
        said(slides["stability"], "Pour ___ ans, c’est peu") == RELEASES[-1].year - 2014
    )


def test_lines_of_code_are_as_many_as_said(slides: dict[str, Slide]) -> None:
    shim = lines("history/garden_2014.py:coroutine,get_event_loop")
    assert said(slides["shim"], "___ lignes suffisent") == shim
    body = lines("history/garden_2015.py:run_2015") - 1
    assert said(slides["explicit_loop"], "recopiait ces ___ lignes") == body
    publish = lines("pubsub/broker.py:Broker.publish")
    assert said(slides["stub"], "tient en ___ lignes") == publish
    trampoline = lines("history/garden_2006.py:resume,run")
    assert "une trentaine de lignes" in slides["trampoline"].notes[0].source
    assert 25 <= trampoline <= 35


def test_two_functions_have_changed_since_2014(slides: dict[str, Slide]) -> None:
    assert said(slides["shim"], "remplacer ___ fonctions") == 2
    assert slides["shim"].title == "Deux fonctions ont changé depuis 2014"
    address = next(cell.demo for cell in slides["shim"].shown if cell.demo)
    changed = address.partition(":")[2].split(",")
    assert changed == ["coroutine", "get_event_loop"]
    assert not hasattr(asyncio, "coroutine")
    with pytest.raises((RuntimeError, DeprecationWarning)):
        asyncio.run(asyncio.to_thread(asyncio.get_event_loop))


def test_the_loops_do_what_the_notes_say(
    slides: dict[str, Slide], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, int]] = []

    async def juggle(**numbers: int) -> None:
        asked.append(numbers)

    monkeypatch.setattr(event_loops, "juggle", juggle)
    event_loops.cpu_time(asyncio.new_event_loop)
    pairs = said(slides["uvloop"], "___ paires se renvoient")
    times = said(slides["uvloop"], "une tulipe, ___ fois")
    assert asked == [{"pairs": pairs, "times": times}]
