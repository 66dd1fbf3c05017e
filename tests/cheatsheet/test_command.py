"""`python -m cheatsheet`, as its user meets it; the sheet itself can be built."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from cheatsheet import build, cli, entries, pdf, tree
from cheatsheet.cli import main
from cheatsheet.entries import HERE, LANGS, PAPERS
from cheatsheet.nodes import Listing, Tree
from slides.build import notebook
from slides.paths import DEMOS, ROOT
from slides.speaker import kit_address
from slides.talks import Repertoire
from tests.cheatsheet.pictures import FAR, FEW
from tests.cheatsheet.printed import CONTRAST, WHITE, contrast, luminance
from tests.cheatsheet.sheets import Built


def test_all_are_written_and_told(built: Built) -> None:
    assert built.code == 0
    names = {f"asyncio-{lang}-{paper}.pdf" for lang in LANGS for paper in PAPERS}
    names |= {f"asyncio-{lang}.html" for lang in LANGS} | {"asyncio-en-a4.png"}
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


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--lang", "fr", "--paper", "a4"], {"asyncio-fr-a4.pdf"}),
        (["--lang", "en", "--html"], {"asyncio-en.html"}),
    ],
)
def test_what_is_asked_for_is_written_and_no_more(
    words: list[str], names: set[str], tmp_path: Path
) -> None:
    assert main([*words, "-o", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == names


def test_what_is_as_it_was_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--lang", "en", "--html", "-o", str(tmp_path)]
    main(words)
    main(words)
    first, again = capsys.readouterr().out.splitlines()
    assert again == f"{first}, unchanged"


@pytest.mark.parametrize(
    "words",
    [
        ["--lang", "de"],
        ["--paper", "a3"],
        ["--paper", "a4", "--html"],
        ["--watch", "--check"],
        ["--check", "--ran"],
        ["--check", "--html"],
        ["--check", "--output", "elsewhere"],
        ["x"],
    ],
)
def test_what_is_not_known_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2


@pytest.mark.parametrize("epoch", ["", "abc", "9" * 18, "9" * 30])
def test_a_wrong_time_is_told_in_a_line(
    epoch: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    words = ["--lang", "en", "--paper", "us-letter", "-o", str(tmp_path)]
    assert main(words) == 1
    said = capsys.readouterr().err
    told = f"SOURCE_DATE_EPOCH: seconds since 1970, not {epoch!r}."
    assert said == f"python -m cheatsheet: {told}\n"


def test_an_installed_copy_says_where_its_pdfs_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "CHECKOUT", False)
    assert main(["-o", str(tmp_path)]) == 1
    assert f"its PDFs are in {HERE}." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("typst", "the package typst is missing: run `make cheatsheet`, or"),
        ("slides.deck", "Traceback"),
    ],
)
def test_a_package_that_is_missing_is_told_in_a_line(missing: str, told: str) -> None:
    hide = f"import sys; sys.modules[{missing!r}] = None; import cheatsheet.__main__"
    command = [sys.executable, "-c", hide]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert told in done.stderr.splitlines()[0]


def test_the_committed_pdfs_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "HERE", tmp_path)
    words = ["--lang", "en", "--paper", "us-letter"]
    assert main([*words, "--check"]) == 1
    assert "asyncio-en-us-letter.pdf is not what" in capsys.readouterr().out
    assert main(words) == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert main([*words, "--check"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["asyncio-en-us-letter.pdf"]


def test_readme_shows_the_page_and_links_the_four() -> None:
    lang, paper = build.SHOWN
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    files = {f"asyncio-{lang}-{paper}.pdf" for lang in LANGS for paper in PAPERS}
    assert set(re.findall(r"\(cheatsheet/([\w-]*\.pdf)\)", readme)) == files
    assert f"](cheatsheet/asyncio-{lang}-{paper}.png)" in readme
    with Image.open(HERE / f"asyncio-{lang}-{paper}.png") as shown:
        made = next(tree.trees([lang]))
        with Image.open(BytesIO(pdf.picture(made, paper))) as today:
            difference = ImageChops.difference(shown.convert("L"), today.convert("L"))
    assert difference.point(lambda v: 255 * (v > FAR)).histogram()[255] <= FEW


def test_the_last_slide_names_the_address() -> None:
    *_, last, _notes = notebook(Repertoire().talk("tulipes")).cells
    assert kit_address() in last.source


def test_both_languages_have_the_same_boxes_and_code() -> None:
    french, english = tree.trees(LANGS)

    def boxes(made: Tree) -> list[tuple[str, str, list[Listing]]]:
        return [
            (box.tag, box.id, [b for b in box.blocks if isinstance(b, Listing)])
            for box in made.boxes()
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
