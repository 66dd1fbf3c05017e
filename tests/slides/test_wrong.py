"""wrong.toml: each chapter runs at least two mistakes, and what is said of them stands.

Their samples are what the programs print on each Python: tests/test_demos.py.
"""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from demos.catalogue import chapters
from slides.paths import DEMOS, SLIDES
from tests.test_demos import samples

TABLE: dict[str, list[dict[str, Any]]]
TABLE = tomllib.loads((SLIDES / "wrong.toml").read_text(encoding="utf-8"))
ROWS = [
    pytest.param(chapter, row, id=f"{row['lesson']}: {row['wrong']}")
    for chapter, rows in TABLE.items()
    for row in rows
]


def test_each_chapter_has_two_at_least() -> None:
    assert list(TABLE) == [chapter.name for chapter in chapters()]
    assert {name: rows for name, rows in TABLE.items() if len(rows) < 2} == {}


@pytest.mark.parametrize(("chapter", "row"), ROWS)
def test_every_python_says_so(chapter: str, row: dict[str, Any]) -> None:
    assert set(row) == {"lesson", "wrong", "says"}
    assert row["lesson"].startswith(f"{chapter}/")
    says = row["says"] if isinstance(row["says"], list) else [row["says"]]
    found = []
    for run in samples(DEMOS / row["lesson"]).values():
        lines = "\n".join(line.strip() for line in run.output.splitlines())
        said = [each for each in says if f"\n{each}\n" in f"\n{lines}\n"]
        assert len(said) == 1, run.output
        found += said
    assert set(found) == set(says), "no Python says it"


def test_no_broken_lesson_is_left_out() -> None:
    broken = {f"practice/{path.name}" for path in DEMOS.glob("practice/*_broken.py")}
    assert broken <= {row["lesson"] for row in TABLE["practice"]}
