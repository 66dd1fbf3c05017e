"""What the speaker writes of the show: speaker.toml, its line, its QR code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
import segno

from slides.errors import Problem
from slides.paths import ROOT, SLIDES
from slides.speaker import Speaker, kit_address, qr, read
from tests import copied

EXAMPLE = SLIDES / "speaker.example.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "speaker.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_there_is_the_kits_address(tmp_path: Path) -> None:
    speaker = read(tmp_path / "speaker.toml")
    assert speaker == Speaker("", "", "", "https://github.com/tulipes/tulipes")
    assert speaker.line == ""


def test_the_example_is_read_and_says_every_key() -> None:
    assert read(EXAMPLE) == Speaker(
        "Prénom Nom", "Nom de la conférence", "12 mai 2026", kit_address()
    )
    assert read(EXAMPLE).line == "Prénom Nom · Nom de la conférence · 12 mai 2026"
    uncommented = re.sub(r"(?m)^# (?=\w+ =)", "", EXAMPLE.read_text(encoding="utf-8"))
    assert [*tomllib.loads(uncommented)] == [*Speaker.__dataclass_fields__]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name = "Ada"', "Ada"),
        ('name = "Ada"\ndate = "demain"', "Ada · demain"),
        ('event = "Ici"\nname = ""', "Ici"),
    ],
)
def test_the_line_has_what_is_given(tmp_path: Path, text: str, line: str) -> None:
    assert read(written(tmp_path, text)).line == line


def test_another_address_takes_the_kits_place(tmp_path: Path) -> None:
    path = written(tmp_path, 'address = "https://example.org/été"')
    assert read(path).address == "https://example.org/été"
    assert read(written(tmp_path, 'address = ""')).address == kit_address()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'names = "Ada"',
            "Unknown key «names». Did you mean name? Known: name,",
        ),
        ("date = 2026-05-12", 'date is text: date = "2026-05-12".'),
        ("name = 3", 'name is text: name = "3".'),
        ('accent = "blue"', 'accent is a colour such as "#1f4b99": not "blue".'),
        ('accent = "#12345"', 'accent is a colour such as "#1f4b99": not "#12345".'),
        ("accent = 3", 'accent is text: accent = "3".'),
        ("size = 120", "size is a whole number of percent, 90 to 110: not 120."),
        ('size = "100"', "size is a whole number of percent, 90 to 110: not '100'."),
        ("size = true", "size is a whole number of percent, 90 to 110: not True."),
        ("size = 0", "90 to 110: not 0."),
        ("name = Ada", "Invalid value (at line 1, column 8)."),
        (b"name = '\xe9'", "can't decode"),
    ],
)
def test_what_is_wrong_is_one_line(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    path = tmp_path / "speaker.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Problem) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_in_its_place_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r": .+\.$"):
        read(tmp_path)


# Where


ASK = "from slides import speaker; print(speaker.FILE, speaker.kit_address())"


def asked(folder: Path, **environment: str) -> str:
    """Ask where the file is, and the kit, from a Python started in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=folder,
        env={**os.environ, "TULIPES_HOME": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_checkout_has_its_file_beside_the_example(tmp_path: Path) -> None:
    assert asked(ROOT) == f"{EXAMPLE.with_name('speaker.toml')} {kit_address()}"
    home = str(tmp_path)
    assert asked(ROOT, TULIPES_HOME=home).startswith(f"{tmp_path / 'speaker.toml'} ")


def test_an_installed_kit_looks_where_it_runs(tmp_path: Path) -> None:
    kit, home = tmp_path / "kit", tmp_path / "home"
    copied.copy_tree(kit)
    (kit / "pyproject.toml").unlink()
    home.mkdir()
    said = asked(home, PYTHONPATH=str(kit))
    assert said == f"{home / 'speaker.toml'} {kit_address()}"


def test_git_keeps_the_example_and_not_the_speakers_own() -> None:
    """Nor do wheels: hatch leaves out what git ignores."""
    names = "slides/speaker.toml", "slides/speaker.example.toml"
    command = ["git", "check-ignore", "--no-index", *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["slides/speaker.toml"]


# Its QR code


def test_the_qr_code_is_the_addresss_in_the_texts_colour() -> None:
    address = "https://example.org/?a=1&b=2"
    svg = ElementTree.fromstring(qr(address))
    assert svg.get("role") == "img"
    title, path = svg
    assert (title.tag.rpartition("}")[2], title.text) == ("title", address)
    assert path.get("stroke") == "currentColor"
    assert drawn(path.get("d", "")) == modules(address)
    side = len(segno.make_qr(address, error="m").matrix) + 8
    assert svg.get("viewBox") == f"0 0 {side} {side}"


def test_an_address_may_be_too_long_for_a_qr_code() -> None:
    with pytest.raises(Problem, match="An address of 3000 letters has no QR code"):
        qr("x" * 3000)


def modules(address: str) -> set[tuple[int, int]]:
    """Return the dark modules' columns and rows, the quiet zone counted."""
    matrix = segno.make_qr(address, error="m").matrix
    return {
        (column + 4, row + 4)
        for row, line in enumerate(matrix)
        for column, dark in enumerate(line)
        if dark
    }


def drawn(path: str) -> set[tuple[int, int]]:
    """Return the squares that a path's strokes, one high, go through."""
    squares: set[tuple[int, int]] = set()
    x, y = 0.0, 0.0
    for kind, one, other, length in re.findall(
        r"([Mm])(-?[\d.]+) (-?[\d.]+)h(\d+)", path
    ):
        start = (0.0, 0.0) if kind == "M" else (x, y)
        x, y = start[0] + float(one), start[1] + float(other)
        squares |= {(int(x) + step, int(y - 0.5)) for step in range(int(length))}
        x += int(length)
    return squares
