"""What `new` writes passes the checks as it is, and takes the place of nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from slides import new
from slides.errors import Problem
from slides.paths import ROOT
from tests import copied
from tests.test_demos import PACKAGES

WRITTEN = {
    "demo": ["demos/tasks/first_result.py"],
    "talk": ["slides/fr/00-my_talk.md"],
    "figure": [f"media/{name}" for name in ("figures/wheel.py", "wheel.fr.svg")],
}

CHECKS = {
    "demo": (
        "pytest -q tests/test_demos.py tests/slides/test_syllabus.py"
        " -k tasks.first_result|left_out"
    ),
    "talk": "slides check my_talk",
    "figure": "pytest -q --without=browser tests/media/test_figures.py -k wheel",
}
"""What says that all is well, from `python -m` on; `|` is `or`."""

NAMES = {"demo": "tasks/first_result", "talk": "my_talk", "figure": "wheel"}


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone")
    copied.copy_tree(folder)
    return folder


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_first_version_passes_the_checks(kind: str, clone: Path) -> None:
    done = python(clone, "slides", "new", kind, NAMES[kind])
    assert (done.returncode, done.stderr) == (0, "")
    assert "Next: " in done.stdout
    assert all((clone / path).is_file() for path in WRITTEN[kind])
    sources = [path for path in WRITTEN[kind] if path.endswith(".py")]
    for words in (
        [each.replace("|", " or ") for each in CHECKS[kind].split()],
        ["slides", "sync", "--check"],
        *(["ruff", *how, path] for path in sources for how in RUFF),
    ):
        done = python(clone, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    again = python(clone, "slides", "new", kind, NAMES[kind])
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr.count("\n") == 1


RUFF = ["check"], ["format", "--check"]


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("demo", "tasts/x", r"«tasts»\. Did you mean tasks\?"),
        ("demo", "pubsub/x", "Known: why, first_steps"),
        ("demo", "first_result", "Known: why, first_steps"),
        ("demo", "tasks/", "at most 30 of a-z"),
        ("demo", "tasks/queue", "would hide the module queue"),
        ("demo", "tasks/redis", "would hide the module redis"),
        ("demo", "tasks/cancel", r"demos/tasks/cancel\.py is there"),
        ("talk", "Mine", "«Mine» is no name"),
        ("talk", "semaine-2", "«semaine-2» is no name"),
        ("talk", "tulipes", "is a talk, or a chapter"),
        ("talk", "tasks", "is a talk, or a chapter"),
        ("figure", "engine", r"media/figures/engine\.py is there"),
        ("figure", "a b", "«a b» is no name"),
    ],
)
def test_a_bad_name_is_one_line(kind: str, name: str, said: str) -> None:
    with pytest.raises(Problem, match=said) as caught:
        new.new(kind, name)
    assert caught.value.status == 2
    assert "\n" not in str(caught.value)


def test_only_a_clone_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new, "CHECKOUT", False)
    with pytest.raises(Problem, match="a clone"):
        new.new("talk", "mine")


def test_it_knows_the_packages_and_where_the_syllabus_ends() -> None:
    assert new.PACKAGES == PACKAGES
    lines = (ROOT / "slides" / "syllabus.toml").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("[")][-1] == "[beyond]"
