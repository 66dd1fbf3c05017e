"""The house holds together: what the README promises, what the files agree on."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import psutil
import pytest
import yaml
from packaging.requirements import Requirement
from rattler import MatchSpec

from slides.changes import changes
from slides.paths import ROOT
from tests.conftest import LONGEST
from tests.newest import AT_ONCE
from tests.pythons import FLOOR

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")

CONDA_NAMES = {
    "brotli": "brotli-python",
    "jupyter-server": "jupyter_server",
    "redis": "redis-py",
}
"""PyPI's names where conda-forge's differ."""

FROM_PYPI = {"curio", "telnetlib3", "uvloop"}
"""What conda's users get from pip, with the kit itself: not for all on conda-forge."""

PYTEST = {"pytest", "pytest-timeout"}
"""What is needed to run any test: pytest, and what its settings speak of."""

ROOMS = {"slides", "demos", "media", "cheatsheet", "tests", "findings"}


def conda_specs() -> list[str]:
    return [spec for spec in ENVIRONMENT["dependencies"] if isinstance(spec, str)]


@pytest.mark.parametrize("spec", conda_specs())
def test_conda_reads_every_spec(spec: str) -> None:
    assert MatchSpec(spec, strict=True).name is not None


@pytest.mark.parametrize("bad", ["rise >>5", "aio http >=3", "rise >=5.7.1,,<6"])
def test_conda_refuses_a_bad_spec(bad: str) -> None:
    with pytest.raises(Exception, match=r".+"):
        MatchSpec(bad, strict=True)


def test_conda_and_pip_agree() -> None:
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    pytest_lines = [each for each in extras["test"] if Requirement(each).name in PYTEST]
    wanted = {
        CONDA_NAMES.get(need.name, need.name): need.specifier
        for need in map(
            Requirement, [*project["dependencies"], *extras["stage"], *pytest_lines]
        )
        if need.name not in FROM_PYPI
    }
    got = {}
    for spec in conda_specs():
        name, _, version = spec.partition(" ")
        got[name] = Requirement(f"x{version}").specifier
    assert got.pop("python") == Requirement(f"x{project['requires-python']}").specifier
    got.pop("pip")
    assert got == wanted
    (by_pip,) = (
        each["pip"] for each in ENVIRONMENT["dependencies"] if each not in conda_specs()
    )
    assert by_pip == ["--editable ."]


def test_what_contributors_are_told_to_run_is_in_their_environment() -> None:
    """The hooks are `.venv`'s, and so is what runs them: conda's users have none."""
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    programs = set(re.findall(r"\.venv/bin/([\w-]+)", told + hooks))
    project = PYPROJECT["project"]["optional-dependencies"]
    assert programs >= {"pre-commit", "ruff", "mypy", "codespell"}
    assert programs - {"python"} <= {Requirement(each).name for each in project["test"]}


def test_a_redis_py_that_ends_silent_subscribers_is_refused() -> None:
    """Its default timeout ends them: https://github.com/redis/redis-py/issues/4098."""
    needs = map(Requirement, PYPROJECT["project"]["dependencies"])
    (redis,) = (need for need in needs if need.name == "redis")
    assert [*redis.specifier.filter(["7.4.1", "8.0.0", "8.0.1"])] == ["7.4.1", "8.0.1"]


def test_the_packages_that_the_user_named_are_there() -> None:
    names = {spec.partition(" ")[0] for spec in conda_specs()}
    assert {"jupyterlab", "rise", "aiohttp", "asyncssh", "pytest"} <= names
    assert ENVIRONMENT["channels"] == ["conda-forge"]


def test_the_readme_gives_the_two_commands() -> None:
    blocks = re.findall(r"```console\n(.*?)```", README, re.S)
    commands = re.findall(r"^\$ (.+)$", "\n".join(blocks), re.M)
    assert "make present" in commands
    assert "make test" in commands
    assert {"make present", "make test"} >= {c for c in commands[:4] if "make" in c}


def test_make_has_the_two_commands_and_ci_calls_the_second() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^present:", makefile, re.M)
    assert re.search(r"^test:", makefile, re.M)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("\nmake test\nmake test-newest")
    assert "REQUIRE_PEERS=1" in script


def test_the_longest_files_come_first_wherever_the_tests_are_run() -> None:
    assert all((ROOT / "tests" / name).is_file() for name in LONGEST)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"-m pytest {' '.join(AT_ONCE)} $(PYTEST)\n" in makefile


HANGS = """\
import subprocess, sys, time

def test_waits_for_ever():
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        try:
            print("child", child.pid)
            time.sleep(60)
        finally:
            child.kill()
"""


def test_a_test_that_hangs_fails_and_leaves_no_orphan(tmp_path: Path) -> None:
    assert PYPROJECT["tool"]["pytest"]["ini_options"]["timeout"] > 0
    (tmp_path / "test_hangs.py").write_text(HANGS)
    settings = ["-c", str(ROOT / "pyproject.toml"), "-o", "timeout=1"]
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *settings]
    done = subprocess.run([*pytest, tmp_path], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Timeout (>1.0s)" in done.stdout
    (child,) = map(int, re.findall(r"(?m)^child (\d+)", done.stdout))
    assert not psutil.pid_exists(child)


@pytest.mark.parametrize(
    "way", ["conda env create", "pip install .", "python -m demos", "Scripts"]
)
def test_the_readme_gives_the_other_ways(way: str) -> None:
    assert way in README


def test_the_pythons_named_are_those_from_the_floor_to_the_newest_tested() -> None:
    prefix = "Programming Language :: Python :: "
    classifiers = PYPROJECT["project"]["classifiers"]
    named = [each.removeprefix(prefix) for each in classifiers if prefix in each]
    assert named.pop(0) == "3 :: Only"
    newest = max(first for change in changes() for first in change.seen)
    minors = range(FLOOR[1], newest[1] + 1)
    assert named == [f"3.{minor}" for minor in minors]
    assert PYPROJECT["project"]["requires-python"] == f">={named[0]}"
    (sentence,) = re.findall(r"on every Python from (3\.\d+) to (3\.\d+)", README)
    assert sentence == (named[0], named[-1])


def test_top_level_folders_are_the_agreed_ones() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folders = {path.split("/")[0] for path in tracked if "/" in path}
    assert folders - {".ci"} == ROOMS


def test_every_room_is_packaged_but_tests_and_findings() -> None:
    packages = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packages) == ROOMS - {"tests", "findings"}


def test_fonts_come_with_their_licences() -> None:
    fonts = ROOT / "slides" / "theme" / "fonts"
    families = {font.stem.partition("-")[0] for font in fonts.glob("*.woff2")}
    assert families == {"Inter", "Iosevka"}
    for family in families:
        text = (fonts / f"{family}-LICENSE").read_text(encoding="utf-8")
        assert "SIL Open Font License" in text
        assert "Reserved Font Name" not in text.split("-----")[0]


def test_nothing_names_another_host() -> None:
    """No deck, demo, style or script that ships loads anything from elsewhere."""
    pattern = re.compile(r"(?:src|href|url|import)\W{1,3}https?://(?!127\.0\.0\.1)")
    shipped = [
        path
        for room in ("slides", "demos", "media")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".md", ".js", ".css", ".py", ".json", ".svg", ".toml"}
    ]
    assert len(shipped) > 30
    assert [path for path in shipped if pattern.search(path.read_text("utf-8"))] == []
