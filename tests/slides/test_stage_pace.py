"""The talk's time in the speaker view: taken and planned, ahead or behind.

The stage's clock is replaced: it goes when a test says so.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slides.decks import REAL
from tests.slides.speaker import View
from tests.slides.stage import TALK, Stage

CLOCK = """start => {
  window.realNow = window.realNow || Date.now;
  window.fakeNow = start;
  Date.now = () => window.fakeNow;
}"""

START = 1_790_000_000_000

PACE = REAL.talk(TALK).pace


def planned(slide: int) -> int:
    """Return the second at which a slide starts, as planned."""
    return round(60 * sum(PACE[:slide]))


def clock(seconds: int) -> str:
    """Return seconds as the view shows them."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def say(seconds: int) -> str:
    """Return a length as the view says it."""
    minutes, rest = divmod(seconds, 60)
    words = [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest)
    return " ".join(words)


def wait(stage: Stage, seconds: int) -> None:
    """Let time pass."""
    stage.page.evaluate("s => { window.fakeNow += 1000 * s }", seconds)


@pytest.fixture
def view(stage: Stage) -> Iterator[View]:
    """A view of a talk that has not begun, on its first slide; no time passes."""
    stage.page.evaluate(CLOCK, START)
    view = View(stage)
    view.page.click("button")
    view.reads(".verdict", "pas commencé")
    yield view
    stage.page.evaluate("() => { Date.now = window.realNow }")


def test_a_talk_begins_when_its_first_slide_is_left(stage: Stage, view: View) -> None:
    total = clock(60 * 60)
    first = planned(1)
    wait(stage, 3600)
    view.reads(".slide dd", f"0:00 / {clock(first)}")
    view.reads(".talk dd", f"0:00 / {total}")
    view.reads(".planned dd", f"0:00 – {clock(first)}")
    view.reads(".verdict", "pas commencé")
    stage.go(1)
    view.reads(".slide dd", f"0:00 / {clock(planned(2) - first)}")
    view.reads(".talk dd", f"{clock(first)} / {total}")
    view.reads(".planned dd", f"{clock(first)} – {clock(planned(2))}")
    view.reads(".verdict", "à l’heure")
    wait(stage, 7)
    view.reads(".slide dd", f"0:07 / {clock(planned(2) - first)}")
    view.reads(".talk dd", f"{clock(first + 7)} / {total}")


def test_it_is_behind_or_ahead_in_words_and_then_in_colour(
    stage: Stage, view: View
) -> None:
    stage.go(1)
    wait(stage, planned(2) - planned(1))
    view.reads(".verdict", "à l’heure")
    wait(stage, 80)
    view.reads(".verdict", "en retard de 1 min 20 s")
    assert colour(view) == "rgb(138, 28, 0)"
    wait(stage, 40)
    view.reads(".verdict", "en retard de 2 min")
    stage.go(9)
    ahead = planned(9) - planned(2) - 120
    view.reads(".verdict", f"en avance de {say(ahead)}")
    assert colour(view) == "rgb(11, 74, 143)"
    wait(stage, ahead)
    view.reads(".verdict", "à l’heure")
    assert colour(view) == "rgb(27, 34, 48)"  # no other than the text's


def colour(view: View) -> str:
    return str(
        view.page.eval_on_selector(".verdict", "node => getComputedStyle(node).color")
    )


def test_a_slide_that_comes_back_goes_on(stage: Stage, view: View) -> None:
    stage.go(1)
    wait(stage, 20)
    stage.go(2)
    wait(stage, 3)
    view.reads(".slide dd", f"0:03 / {clock(planned(3) - planned(2))}")
    stage.go(1)
    wait(stage, 5)
    view.reads(".slide dd", f"0:25 / {clock(planned(2) - planned(1))}")
    view.reads(".talk dd", f"{clock(planned(1) + 28)} / 1:00:00")


def test_a_click_sets_the_talk_on_time(stage: Stage, view: View) -> None:
    stage.go(5)
    wait(stage, 1000)
    view.page.click("button")
    view.reads(".verdict", "à l’heure")
    view.reads(".slide dd", f"0:00 / {clock(planned(6) - planned(5))}")
    view.reads(".talk dd", f"{clock(planned(5))} / 1:00:00")
    view.page.keyboard.press("Space")  # the stage's still, not the button's
    stage.page.wait_for_function("Reveal.getIndices().h === 6 || Reveal.getIndices().f")
    stage.go(0)
    view.page.click("button")
    view.reads(".verdict", "pas commencé")


def test_a_reload_of_either_page_loses_no_time(stage: Stage, view: View) -> None:
    """After it the true clock goes: minutes do."""
    real = stage.page.evaluate("realNow()")
    stage.page.evaluate(CLOCK, real - 7_200_000)
    stage.go(1)
    view.page.reload()
    view.reads(".talk dd", f"{clock(planned(1))} / 1:00:00")
    stage.page.reload()
    stage.ready()
    stage.page.evaluate("window.realNow = Date.now")
    for selector in ".slide dd", ".talk dd":
        view.page.wait_for_function(
            "name => document.querySelector(name).textContent.startsWith('2:')",
            arg=selector,
        )
    assert stage.indices()["h"] == 1


def test_the_clock_is_the_days(stage: Stage, view: View) -> None:
    stage.page.evaluate(CLOCK, stage.page.evaluate("+new Date(2030, 0, 1, 15, 7)"))
    view.reads(".clock", "15:07")


def test_a_copy_without_minutes_has_no_plan(stage: Stage, view: View) -> None:
    """One that was edited before minutes were written in it is kept."""
    stage.page.evaluate(
        "() => { window.tulipes = Jupyter.notebook.get_cells().map(cell => {"
        " const { minutes } = cell.metadata.tulipes;"
        " delete cell.metadata.tulipes.minutes; return minutes; });"
        " require('custom/pace').watch(); }"
    )
    try:
        stage.go(1)
        wait(stage, 65)
        view.reads(".talk dd", "1:05")
        view.reads(".slide dd", "1:05")
        view.reads(".verdict", "")
        assert view.page.is_hidden(".planned")
    finally:
        stage.page.evaluate(
            "() => { Jupyter.notebook.get_cells().forEach((cell, n) => {"
            " if (window.tulipes[n] !== undefined)"
            " cell.metadata.tulipes.minutes = window.tulipes[n]; });"
            " require('custom/pace').watch(); }"
        )
