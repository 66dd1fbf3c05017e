"""A beginner's mistakes: one line each, that says where, what is meant, what to do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slides import lessons, run
from slides.cli import main
from slides.errors import Problem
from slides.paths import ROOT
from slides.sync import sync
from tests.slides.decks import cell, code, slide, write

WAITS = "import asyncio\nawait asyncio.Event().wait()"

OPEN = "\n```{code-cell} ipython3\nx = 1\n"
"""A cell of code whose fence nobody closes."""

LESSON = """\
\"\"\"Wrong indentation.

    $ python wrong.py
    tulip

It is not Python.
\"\"\"


def main() -> None:
    \"\"\"Print.\"\"\"
      print("tulip")


if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(
    ("deck", "said"),
    [
        (
            slide("Un", code("x", "dmeo: tasks/cancel.py:water")),
            r":\d+: cell 2: unknown option «dmeo»: did you mean demo\? Known: beside,",
        ),
        (
            slide("Un", code("x", "colour: red")),
            r":\d+: cell 2: unknown option «colour»: Known: beside,",
        ),
        (
            slide("Un", cell("fragmnt", "Deux.")),
            r":\d+: cell 2: unknown slide_type «fragmnt»: did you mean fragment\? ",
        ),
        (
            slide("Un").replace('"}}', '"}, "idd": "one"}', 1),
            r":\d+: cell 1: unknown option «idd»: did you mean id\? Known: box,",
        ),
        (
            slide("Un", code("x", "demo: tasks/cancel.py")),
            r":\d+: cell 2: tasks/cancel.py: which part of it, such as tasks/cancel.py:"
            r"water\? It has water, main\.",
        ),
        (slide("Un", OPEN), r":16: an open fence: end its cell with ```\."),
        (slide("Un", OPEN) + slide("Deux", code("y")), r":16: an open fence: end"),
        (
            slide("Un", cell("", "~~~python\nx")) + slide("Deux"),
            r":\d\d: an open fence: end its cell with ~~~\.",
        ),
    ],
)
def test_in_a_deck(
    deck: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "fr", deck)
    assert main(["check", "--structure", str(path)]) == 1
    told = "".join(capsys.readouterr())
    assert len(re.findall(f"01-why.md{said}", told)) == 1, told
    with pytest.raises(Problem, match=said):
        sync([str(path)], check=True)


@pytest.mark.parametrize("fence", ["````", "~~~"])
def test_a_fence_that_holds_another_is_closed(fence: str, tmp_path: Path) -> None:
    inner = f"{fence}\n```{{code-cell}}\nx\n{fence}"
    path = write(tmp_path / "fr", slide("Un", cell("", inner), code("y = 1")))
    assert sync([str(path)], check=True) == 0


def test_a_cell_that_never_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LONGEST", 1)
    path = write(
        tmp_path / "fr",
        slide("Un", cell("fragment", "Regardez bien."), code(WAITS)),
    )
    assert main(["check", str(path)]) == 1
    told = "".join(capsys.readouterr())
    assert re.search(
        r"01-why.md:\d+: cell 3: still running after 1 s: a cell ends by itself, or"
        r" gives up, by asyncio\.timeout\(2\)\.\n$",
        told,
    )


def test_a_demo_with_wrong_indentation(tmp_path: Path) -> None:
    """In a deck, and run by its name."""
    shutil.copytree(ROOT / "demos", tmp_path / "demos")
    (tmp_path / "demos" / "tasks" / "wrong.py").write_text(LESSON, encoding="utf-8")
    said = r"wrong\.py:12: .*unexpected indent.*: mend it there"
    with pytest.raises(Problem, match=said):
        lessons.code("tasks/wrong.py:main", tmp_path / "demos")
    command = [sys.executable, "-m", "demos", "tasks.wrong"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(f"{said}\n", done.stderr)
