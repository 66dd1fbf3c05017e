"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slides.files import aside, replacing


def test_until_all_is_written_the_old_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deck.md"
    with replacing(path) as file:
        file.write("œillet\n")
        assert not path.exists()
    assert path.read_bytes() == "œillet\n".encode()
    with replacing(path, text=False) as file:
        file.write(b"tulip\r\n")
        assert path.read_bytes() == "œillet\n".encode()
    assert path.read_bytes() == b"tulip\r\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_changes_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "deck.md"
    path.write_text("tulip")

    def fail() -> None:
        with replacing(path) as file:
            file.write("half a")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "tulip"
    assert list(tmp_path.iterdir()) == [path]


def test_two_at_once_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "deck.md"
    with replacing(path) as one, replacing(path) as other:
        one.write("tulip")
        other.write("iris")
    assert path.read_text() == "tulip"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_modes_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "deck.md", tmp_path / "link.md"
    path.write_text("tulip")
    path.chmod(0o640)
    link.symlink_to(path)
    with replacing(link) as file:
        file.write("iris")
    assert link.is_symlink()
    assert path.read_text() == "iris"
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_put_aside_takes_no_file_s_place(tmp_path: Path) -> None:
    path = tmp_path / "talk.ipynb"
    for number in range(5):
        path.write_text(f"edits {number}")
        path.replace(aside(path))
    kept = {each.read_text() for each in tmp_path.glob("talk.*.ipynb")}
    assert kept == {f"edits {number}" for number in range(5)}
