"""Pictures of a talk: which there are, of what, and that nothing else is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageChops

from slides import shots
from slides.cli import main
from slides.errors import Problem
from slides.shots import chosen
from tests.slides import decks
from tests.slides.decks import REAL, cell, code, slide


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Path:
    """A copy of this tree with a short talk."""
    return decks.kit(
        tmp_path_factory.mktemp("kit") / "tulipes",
        slide("Un", code("name = 'tulip'"), code("print(name)"), id="one"),
        slide(
            "Où ça\u00a0?",
            cell("fragment", "Ici."),
            cell("fragment", "Et là."),
            id=None,
        ),
        slide("Trois", code("print(name.upper())"), id="three"),
        slide("Quatre", code("four = 4")),
    )


def start(kit: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start taking shots, in a group of processes, as a terminal does."""
    return subprocess.Popen(
        [sys.executable, "-m", "slides", "shots", "short", *arguments],
        cwd=kit,
        env={**os.environ, "TULIPES_HOME": "", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def said(kit: Path, *arguments: str) -> str:
    """Take shots; return what is said of them."""
    out, errors = start(kit, *arguments).communicate(timeout=200)
    assert errors == ""
    return out


def differ(one: Path, other: Path) -> bool:
    with Image.open(one) as first, Image.open(other) as second:
        return bool(ImageChops.difference(first.convert("RGB"), second.convert("RGB")))


SHOTS = [
    "001-one-1-before.png",
    "001-one-2-after.png",
    "001-one-3-again.png",
    "002-ou-ca-1-before.png",
    "002-ou-ca-1-fragment-1.png",
    "002-ou-ca-1-fragment-2.png",
    "003-three-1-before.png",
    "003-three-2-after.png",
    "003-three-3-again.png",
    "004-quatre-1-before.png",
    "004-quatre-2-after.png",
    "004-quatre-3-again.png",
]


def test_each_slide_before_after_and_again(kit: Path) -> None:
    folder = kit / "build" / "shots" / "short"
    folder.mkdir(parents=True)
    (folder / "005-gone-1-before.png").touch()
    assert said(kit) == ("build/shots/short: 4 slides, 12 shots, 2 contact sheets\n")
    names = sorted(path.name for path in folder.iterdir())
    assert names == [*SHOTS, "sheet-01.png", "sheet-02.png"]
    pictures = [folder / name for name in SHOTS]
    for picture in pictures:
        with Image.open(picture) as image:
            assert (image.format, image.size) == ("PNG", (1280, 720))
    for before, after, again in (SHOTS[:3], SHOTS[6:9]):
        assert differ(folder / before, folder / after)
        assert differ(folder / before, folder / again)
    assert differ(pictures[3], pictures[4])
    assert differ(pictures[4], pictures[5])
    # Eight are on the sheets: "after" is "again", and the last slide never changes.
    for name, rows in (("sheet-01.png", 2), ("sheet-02.png", 1)):
        with Image.open(folder / name) as sheet:
            assert sheet.width == 3 * 640 + 4 * 16
            assert rows * 360 < sheet.height < rows * 360 + 120
    assert not (kit / "build" / "stage").exists()


def test_what_comes_before_a_chosen_slide_has_run(kit: Path) -> None:
    usual, large = kit / "build" / "shots" / "short", "short-1920x1080"
    if not usual.exists():
        said(kit)
    assert said(kit, "--slides", "three", "--size", "1920x1080") == (
        f"build/shots/{large}: 1 slides, 3 shots, 1 contact sheets\n"
    )
    folder = usual.with_name(large)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [*SHOTS[6:9], "sheet-01.png"]
    for name in SHOTS[6:9]:
        with Image.open(folder / name) as image:
            assert image.size == (1920, 1080)
            smaller = image.convert("L").resize((128, 72))
        with Image.open(usual / name) as image:
            same = image.convert("L").resize((128, 72))
        low, high = ImageChops.difference(smaller, same).getextrema()
        assert low == 0
        assert float(str(high)) < 64  # an error would be elsewhere, and longer


@pytest.mark.skipif(sys.platform == "win32", reason="it has no groups of processes")
def test_ctrl_c_leaves_nothing(kit: Path, tmp_path: Path) -> None:
    folder = kit / "build" / "shots" / "short"
    shutil.rmtree(folder, ignore_errors=True)
    with start(kit, TMPDIR=str(tmp_path)) as taking:
        while not (folder / SHOTS[0]).exists():
            assert taking.poll() is None
            time.sleep(0.05)
        family = psutil.Process(taking.pid).children(recursive=True)
        assert len(family) > 3  # the show, its kernel, the driver, the browser
        environment = next(p.environ() for p in family if "present" in p.cmdline())
        os.killpg(taking.pid, signal.SIGINT)
        assert taking.communicate(timeout=30) == ("", "")
    assert taking.returncode == 130
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert not Path(environment["TULIPES_HOME"]).exists()
    assert list(tmp_path.iterdir()) == []


# What is asked for


def test_slides_are_chosen_by_numbers_and_ids() -> None:
    talk = REAL.talk("tulipes")
    ids = [slide.id for slide in talk.slides]
    assert chosen(talk, None) == [*range(1, len(ids) + 1)]
    assert chosen(talk, "5-7, 2") == [2, 5, 6, 7]
    assert chosen(talk, f"{ids[3]},3") == [3, 4]


@pytest.mark.parametrize(
    ("only", "reason"),
    [
        ("0", "cours has slides 1 to"),
        ("3-999", "not 3-999."),
        ("3-2", "not 3-2."),
        ("neverland", "Unknown slide of cours «neverland»."),
        ("", "Unknown slide of cours «»."),
    ],
)
def test_what_is_no_slide_is_said(only: str, reason: str) -> None:
    with pytest.raises(Problem) as caught:
        chosen(REAL.talk("cours"), only)
    assert reason in str(caught.value)
    assert caught.value.status == 2


def test_without_a_browser_a_line_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("slides.shots.find_chromium", lambda: None)
    assert main(["shots", "cours"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("shots: no browser: apt install chromium, or ")


def test_without_playwright_a_line_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "playwright.py").write_text(
        "raise ModuleNotFoundError('No module named playwright', name='playwright')"
    )
    done = subprocess.run(
        [sys.executable, "-m", "slides", "shots"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "playwright is missing: run `make install-test`" in line
    assert "'.[test]'" in line


@pytest.mark.parametrize("size", ["1280", "x720", "wide", "-1x3"])
def test_what_is_no_size_is_said(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["shots", "cours", f"--size={size}"])
    assert f"{size} is no size, such as 1280x720" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").touch()
    monkeypatch.setattr(shots, "BUILD", tmp_path / "build")
    monkeypatch.setattr(shots, "find_chromium", lambda: "chromium")
    with pytest.raises(Problem, match=r"build/shots/cours: Not a directory\.$"):
        shots.shots(REAL.talk("cours"), only="1")
