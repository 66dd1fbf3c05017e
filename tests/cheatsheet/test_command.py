"""`python -m cheatsheet`, as its user meets it; the sheet itself can be built."""

from __future__ import annotations

from pathlib import Path

import pytest

from cheatsheet import entries, tree
from cheatsheet.__main__ import main
from cheatsheet.entries import LANGS, PAPERS
from cheatsheet.nodes import Listing, Tree
from slides.paths import DEMOS
from tests.cheatsheet.printed import CONTRAST, WHITE, contrast, luminance
from tests.cheatsheet.sheets import Built


def test_all_four_are_written_and_told(built: Built) -> None:
    assert built.code == 0
    names = {f"asyncio-{lang}-{paper}.pdf" for lang in LANGS for paper in PAPERS}
    assert {path.name for path in built.folder.iterdir()} == names
    assert built.said.count(" kB\n") == len(names)


def test_a_folder_that_cannot_be_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["-o", str(tmp_path / "file" / "sheet")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("words", [["--lang", "de"], ["--paper", "a3"], ["x"]])
def test_what_is_not_known_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2


def test_both_languages_have_the_same_boxes_and_code() -> None:
    french, english = tree.trees(LANGS)

    def boxes(made: Tree) -> list[tuple[str, str, list[Listing]]]:
        return [
            (box.tag, box.id, [b for b in box.blocks if isinstance(b, Listing)])
            for page in made.pages
            for box in (*(b for c in page.columns for b in c), *page.foot)
        ]

    assert boxes(french) == boxes(english)
    assert [box for _, box, _ in boxes(french)] == entries.read().placed()


def test_every_family_has_a_dark_colour() -> None:
    for family in entries.read().families.values():
        red, green, blue = (part / 255 for part in bytes.fromhex(family.colour[1:]))
        assert contrast(luminance((red, green, blue)), luminance(WHITE)) >= CONTRAST


def test_what_is_printed_is_in_the_demos() -> None:
    for name, box in entries.read().boxes.items():
        for script in tree.scripts(box):
            assert (DEMOS / script).is_file(), name
