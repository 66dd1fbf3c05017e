"""The exercises of the course hour: each starts broken, and F7 mends it."""

from __future__ import annotations

import nbformat
import pytest

from slides import build, run
from tests.slides.decks import REAL

PRINTED = {
    "exercise_thread": ("gauge: 40 mm", "countdown: 1"),
    "exercise_together": ("tulip: in flower", "rose: sown"),
    "exercise_cancel_run": ("bed 3: weeded", "gardener: TimeoutError"),
}
"""What comes first, or at all, where an exercise is unsolved; and solved.

By the slide that runs it, which may follow the one that has the code.
"""


@pytest.mark.parametrize("solved", [False, True])
def test_an_exercise_shows_its_fault_and_f7_mends_it(solved: bool) -> None:
    made = build.notebook(REAL.talk("cours"))
    slides = REAL.talk("cours").slides
    exercises = [s for s in slides if s.id.startswith("exercise_")]
    assert [s.id for s in exercises if s.id in PRINTED] == [*PRINTED]
    kept = {
        f"{slide.chapter}-{cell.number}" for slide in exercises for cell in slide.shown
    }
    made.cells = [cell for cell in made.cells if cell.id in kept]
    if not solved:
        for cell in made.cells:
            cell.metadata["tulipes"].pop("solution", None)
    done = run.run(made, lambda _: None)
    for (broken, mended), text in zip(PRINTED.values(), printed(done), strict=True):
        lines = text.splitlines()
        places = [lines.index(line) for line in (broken, mended) if line in lines]
        if len(places) == 2:
            assert (places[0] > places[1]) is solved
        else:
            assert (mended in lines) is solved


def printed(done: nbformat.NotebookNode) -> list[str]:
    """Return what each cell printed that printed anything."""
    code = [cell for cell in done.cells if cell.cell_type == "code"]
    return ["".join(o.text for o in cell.outputs) for cell in code if cell.outputs]
