"""The talk of thirty minutes: the numbers that its slides and notes give are true."""

from __future__ import annotations

import ast
import asyncio
import re

import pytest

from demos.history import event_loops, names_2014
from slides import changes, lessons
from slides.deck import Slide
from slides.paths import DEMOS
from tests.media.test_figure_facts import RELEASES
from tests.slides.decks import OURS, REAL

NUMBERS = {
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "cinq": 5,
    "six": 6,
    "huit": 8,
    "neuf": 9,
    "douze": 12,
    "vingt": 20,
    "demi-heure": 30,
    "trente": 30,
    "cinquante": 50,
    "deux cents": 200,
}


@pytest.fixture(scope="module")
def slides() -> dict[str, Slide]:
    """Every slide of our talks, by its id."""
    shown = [slide for name in OURS for slide in REAL.talk(name).slides]
    return {slide.id: slide for slide in shown}


def said(slide: Slide, words: str) -> int:
    """Return the number that a slide or its notes give, as `words` with a hole."""
    prose = "\n".join(cell.source for cell in slide.cells if not cell.is_code)
    pattern = re.escape(words).replace("___", r"([a-zé]+(?:[ -][a-zé]+)?)")
    match = re.search(pattern, prose.replace("\u00a0", " "), re.IGNORECASE)
    assert match, f"{words} is not on {slide.title}"
    return NUMBERS[match[1].lower()]


def lines(address: str) -> int:
    return sum(bool(line.strip()) for line in lessons.code(address).splitlines())


def test_the_talk_asks_as_many_questions_as_it_counts(slides: dict[str, Slide]) -> None:
    questions = [s for s in REAL.talk("tulipes").slides if s.id.startswith("to_")]
    for slide in questions:
        title, name = slide.shown[0].source.split("\n\n")
        assert title.startswith("# ")
        assert title.endswith("?")
        assert 2 <= len(name.split()) <= 5
    assert (
        said(slides["to_end"], "___ questions, quatre réponses") == len(questions) - 1
    )
    assert said(slides["to_end"], "questions, ___ réponses") == len(questions) - 1


def test_a_talk_is_as_long_as_one_listens(slides: dict[str, Slide]) -> None:
    assert said(slides["tulips"], "Pendant une ___") == 30
    assert 36 <= len(REAL.talk("tulipes").slides) <= 44


@pytest.mark.parametrize(
    ("talk", "years"),
    [
        ("tulipes", [2006, 2014, 2022]),
        ("ecosysteme", [2006, 2014, 2022]),
        ("semaine", [2006, 2012, 2014, 2018, 2022]),
    ],
)
def test_the_eras_come_in_order(talk: str, years: list[int]) -> None:
    """A slide's title starts with its year; 2015 stands beside 2014."""
    dated = {
        slide.id: int(slide.title[:4])
        for slide in REAL.talk(talk).slides
        if re.match(r"20\d\d\b.* ", slide.title)
    }
    assert list(dated.values()) == years
    assert set(years) < {release.year for release in RELEASES}


def test_what_is_said_of_the_eras_is_true(slides: dict[str, Slide]) -> None:
    written = list(DEMOS.glob("history/garden_20??.py"))
    assert said(slides["group"], "en garde ___ écritures") == len(written)
    compared = [cell.demo for cell in slides["spellings"].shown if cell.demo]
    assert compared == [f"history/garden_{year}.py:grow" for year in (2014, 2015)]
    assert slides["spellings"].title.startswith("2014, 2015")
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
    assert "une trentaine de lignes" in slides["send"].notes[0].source
    assert 25 <= trampoline <= 35


def test_two_functions_of_2014_are_replaced(slides: dict[str, Slide]) -> None:
    assert said(slides["shim"], "remplacer ___ fonctions") == 2
    assert said(slides["shim"], "## ___ fonctions à remplacer") == 2
    address = next(cell.demo for cell in slides["shim"].shown if cell.demo)
    changed = address.partition(":")[2].split(",")
    assert changed == ["coroutine", "get_event_loop"]


def test_as_many_names_of_2014_have_left_as_said(slides: dict[str, Slide]) -> None:
    left = [tuple(map(int, v.split("."))) for v in names_2014.farewells().values()]
    until, since = (3, 13), (3, 14)
    assert said(slides["stability"], "De Python 3.11 à 3.13, ___ :") == sum(
        version <= until for version in left
    )
    assert said(slides["stability"], "Depuis la 3.14, ___ :") == sum(
        version <= since for version in left
    )
    assert not [version for version in left if (3, 11) < version <= until]


@pytest.mark.parametrize(
    ("slide", "words", "name", "when"),
    [
        ("ancestors", "sortis de Python avec la version {}", "`asyncore`", "removed"),
        ("shim", "le décorateur, a disparu en {}", "`@asyncio.coroutine`", "removed"),
        ("shim", "avertit depuis la {}", "`get_event_loop` sans boucle", "warned"),
        ("shim", "lève une erreur depuis la {}", "`get_event_loop` sans", "removed"),
        ("stability", "presque partout disparu en {}", "`loop=` de `sleep`", "removed"),
        ("timeline", "tâches pressées (eager) en {}", "`eager_task_factory`", "came"),
        ("timeline", "la file que l’on ferme en {}", "`Queue.shutdown`", "came"),
        ("timeline", "un programme qui tourne en {}", "`python -m asyncio ps`", "came"),
        ("timeline", "que l’on annule en {}", "`TaskGroup.cancel`", "came"),
        ("spellings", "il a quitté asyncio en {}", "`@asyncio.coroutine`", "removed"),
        ("run", "Python {}, en 2018", "`asyncio.run`", "came"),
        ("group", "Python {} : le ", "`TaskGroup`", "came"),
        ("bloom", "depuis Python {}", "`TaskGroup`", "came"),
    ],
)
def test_releases_are_those_of_the_table(
    slides: dict[str, Slide], slide: str, words: str, name: str, when: str
) -> None:
    """Which is run on every Python: tests/slides/test_changes.py."""
    change = next(
        change
        for change in changes.changes()
        if changes.words(change.name, "fr").startswith(name)
    )
    release = ".".join(map(str, getattr(change, when)))
    notes = slides[slide].notes[0].source.replace("\u00a0", " ")
    assert re.search(rf"{re.escape(words.format(release))}(?![\d.]*\d)", notes)


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
    compiled = ast.parse(slides["uvloop"].shown[-1].source)
    shown = next(
        {each.arg: ast.literal_eval(each.value) for each in node.keywords}
        for node in ast.walk(compiled)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "juggle"
    )
    assert shown == asked[0]
