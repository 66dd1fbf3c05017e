"""The deck of streams: the numbers that its slides and notes give are true."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import pytest

from demos.streams import children, graceful, slow_reader, udp
from slides import deck, lessons
from slides.deck import Slide
from slides.paths import SLIDES


@pytest.fixture(scope="module")
def slides() -> list[Slide]:
    return list(deck.read(SLIDES / "fr/09-streams.md").slides())


def titled(slides: list[Slide], title: str) -> Slide:
    (found,) = (slide for slide in slides if slide.title == title)
    return found


def says(slide: Slide, words: str) -> bool:
    """Tell whether a slide or its notes say so."""
    prose = "\n".join(cell.source for cell in slide.cells if not cell.is_code)
    return words in prose.replace("\u00a0", " ")


def lines(address: str) -> list[str]:
    return [line.strip() for line in lessons.code(address).splitlines() if line]


def test_the_echo_has_five_lines(slides: list[Slide]) -> None:
    assert says(titled(slides, "Un client, une coroutine"), "en cinq lignes")
    assert len(lines("streams/echo_streams.py:echo_back")) == 5


def test_2014_is_three_slides_after_the_echo_of_today(slides: list[Slide]) -> None:
    titles = [slide.title for slide in slides]
    then = titles.index("En 2014, le même serveur")
    assert says(slides[then], "trois diapositives en arrière")
    assert titles[then - 3] == "Un client, une coroutine"


def test_the_pairs_differ_by_one_line(slides: list[Slide]) -> None:
    for title, file, name, line in (
        (
            "Un serveur qui n’attend pas, un qui attend",
            "slow_reader.py",
            "pour_",
            "await writer.drain()",
        ),
        ("Chacun attend que l’autre finisse", "deadlock.py", "", "writer.write_eof()"),
    ):
        assert says(titled(slides, title), "à une ligne près")
        broken, fixed = (
            lines(f"streams/{file}:{name}{state}")[1:] for state in ("broken", "fixed")
        )
        assert [each for each in fixed if each != line] == broken
        assert fixed.count(line) == 1


def numbers(function: Callable[..., object]) -> set[str]:
    """Return the numbers in a function's source."""
    return set(re.findall(r"\b\d+\b", inspect.getsource(function)))


def test_what_is_poured_sold_asked_and_said(slides: list[Slide]) -> None:
    pair = titled(slides, "Un serveur qui n’attend pas, un qui attend")
    assert says(pair, "seize mégaoctets")
    assert numbers(slow_reader.pour_fixed) == {"16", "256", "65536"}
    assert 256 * 65536 == 16 << 20
    scene = titled(slides, "Fermer proprement")
    assert says(scene, "neuf cent quatre-vingt-dix-neuf")
    assert "999" in numbers(graceful.play)
    assert says(scene, "au bout d’une seconde")
    assert inspect.signature(graceful.main).parameters["deadline"].default == 1
    asked = titled(
        slides, "UDP : numéroter, attendre, redemander".replace(" :", "\u00a0:")
    )
    assert says(asked, "après neuf fois")
    assert "9" in numbers(udp.insist)
    assert says(titled(slides, "Ici, un paquet sur trois se perd"), "un sur trois")
    assert "3" in numbers(udp.LossyEcho)
    spoken = titled(slides, "Chaque enfant parle à son rythme")
    assert says(spoken, "deux, trois et cinq")
    assert {"2", "3", "5"} <= numbers(children.main)
