"""`python -m demos`: `--show`, `--copy`, and the copy, run where there is nothing."""

from __future__ import annotations

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from demos import __main__ as command
from demos import catalogue
from tests.pythons import ROOT, Python, all_dependencies, pythons

CANCEL = ROOT / "demos" / "tasks" / "cancel.py"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*[349]\d[;m]")
NARROW = "40"


def environment(**others: str) -> dict[str, str]:
    """Return ours without what would lead to this checkout, or change the output."""
    hidden = ("PYTHONPATH", "PYTHONUNBUFFERED", "NO_COLOR", "FORCE_COLOR")
    clean = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**clean, "PYTHONDONTWRITEBYTECODE": "1", "TERM": "xterm", **others}


def demos(
    *words: str | Path, cwd: Path, root: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run the command from elsewhere, as after an installation."""
    return subprocess.run(
        [sys.executable, "-m", "demos", *map(str, words)],
        cwd=cwd,
        env=environment(PYTHONPATH=str(root)),
        capture_output=True,
        text=True,
        timeout=60,
    )


def bare(
    python: Python, *words: str | Path, cwd: Path
) -> subprocess.CompletedProcess[str]:
    """Run a Python that has its standard library, and no package at all."""
    return subprocess.run(
        [str(python.executable), "-B", "-E", "-s", "-S", *map(str, words)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


def on_terminal(*words: str, cwd: Path, code: str = "", **others: str) -> str:
    """Run the command on a pseudo-terminal; return all that it displays."""
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    ours, theirs = pty.openpty()
    start = ["-c", code] if code else ["-m", "demos"]
    process = subprocess.Popen(
        [sys.executable, *start, *words],
        cwd=cwd,
        env=environment(PYTHONPATH=str(ROOT), COLUMNS=NARROW, **others),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while more := os.read(ours, 65536):
            shown += more
    except OSError:  # Linux's way to say that the other end is closed
        pass
    finally:
        os.close(ours)
        assert process.wait(30) == 0
    return shown.decode().replace("\r\n", "\n")


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", shown)


# --show


@pytest.mark.parametrize("name", ["tasks.cancel", "streams.framing", "pubsub.client"])
def test_redirected_a_source_is_the_file(tmp_path: Path, name: str) -> None:
    copied = tmp_path / "copied.py"
    with copied.open("wb") as file:
        subprocess.run(
            [sys.executable, "-m", "demos", "--show", name],
            env=environment(PYTHONPATH=str(ROOT), FORCE_COLOR="1"),
            stdout=file,
            check=True,
            timeout=60,
        )
    chapter, _, stem = name.partition(".")
    assert copied.read_bytes() == (ROOT / "demos" / chapter / f"{stem}.py").read_bytes()


def test_redirected_even_the_ends_of_lines_are_the_files(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "demos", tmp_path / "demos")
    lesson = tmp_path / "demos" / "tasks" / "cancel.py"
    source = lesson.read_bytes().replace(b"\n", b"\r\n").rstrip()
    lesson.write_bytes(source)
    done = subprocess.run(
        [sys.executable, "-m", "demos", "--show", "tasks.cancel"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (source, b"")


def test_on_a_terminal_a_source_has_colours_and_is_whole(tmp_path: Path) -> None:
    shown = on_terminal("--show", "tasks.cancel", cwd=tmp_path)
    assert COLOUR.search(shown)
    assert plain(shown) == CANCEL.read_text(encoding="utf-8")
    (definition,) = (line for line in shown.splitlines() if "def water" in plain(line))
    assert not definition.startswith("async")


@pytest.mark.parametrize("others", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_can_refuse_colours(tmp_path: Path, others: dict[str, str]) -> None:
    shown = on_terminal("--show", "tasks.cancel", cwd=tmp_path, **others)
    assert not COLOUR.search(shown)
    assert plain(shown) == CANCEL.read_text(encoding="utf-8")


@pytest.mark.parametrize("no_color", ["", "1"])
def test_the_list_on_a_terminal(tmp_path: Path, no_color: str) -> None:
    shown = on_terminal("tasks", cwd=tmp_path, NO_COLOR=no_color)
    assert bool(COLOUR.search(shown)) is not bool(no_color)
    assert plain(shown) == demos("tasks", cwd=tmp_path).stdout


def test_without_rich_a_terminal_gets_the_same_text(tmp_path: Path) -> None:
    code = (
        "import runpy, sys; sys.modules['rich'] = None;"
        "runpy.run_module('demos', run_name='__main__')"
    )
    shown = on_terminal("--show", "tasks.cancel", cwd=tmp_path, code=code)
    assert shown == CANCEL.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="no shell to make the pipe")
@pytest.mark.parametrize("words", ["", "--show pubsub.stub"])
@pytest.mark.parametrize("flags", ["", "-S"])
def test_nothing_is_said_to_a_closed_pipe(
    tmp_path: Path, words: str, flags: str
) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, *flags.split(), "-m", "demos", *words.split()],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(ROOT)),
        stdout=writes,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "demos", "--show", "tasks.cancel"],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(ROOT)),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert done.stderr == b"cannot print: No space left on device\n"
    assert done.returncode == 1


# What is typed wrong


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("--show tasks.cancelx", "no lesson tasks.cancelx; did you mean tasks.cancel?"),
        ("--show database", "did you mean pubsub.database or library.database?"),
        ("--show sea_lions", "no lesson sea_lions; `python -m demos` lists them"),
        ("--show tasks", "tasks is a chapter; `python -m demos tasks` lists it"),
        ("pubsub.broker", "pubsub.broker is no lesson; `python -m demos --show"),
        ("--show", "argument --show: expected one argument"),
        ("--copy", "argument --copy: expected one argument"),
        ("--show tasks.cancel --copy there", "--copy: not allowed with argument"),
        ("--copy there tasks.cancel", "not allowed with argument --copy"),
        ("--show tasks.cancel tasks.group", "not allowed with argument --show"),
        ("--oops", "unrecognized arguments: --oops"),
    ],
)
def test_one_line_says_what_is_wrong(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    advice: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        command.main(words.split())
    assert stop.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert advice in said.err
    assert list(tmp_path.iterdir()) == []


def test_help_has_examples_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith("usage: python -m demos [-h] [lesson [its options]]\n")
    for example in "--show tasks.cancel", "--copy tulips", "tasks.cancel --help":
        assert f"    python -m demos {example} " in text


def test_a_lesson_that_is_being_changed_spoils_only_its_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "demos", tmp_path / "demos")
    tasks = tmp_path / "demos" / "tasks"
    with (tasks / "cancel.py").open("a") as lesson:
        lesson.write("\nasync def\n")
    shutil.copy(tasks / "group.py", tasks / ".#group.py")  # an editor's
    done = demos("tasks", cwd=tmp_path, root=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = (each for each in done.stdout.splitlines() if "tasks.cancel" in each)
    assert "not Python yet, line " in line
    assert done.stdout.count("tasks.group") == 1
    assert "#" not in done.stdout


# --copy


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "my tulips"
    done = demos("--copy", folder, cwd=folder.parent)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_the_copy_is_all_sources_and_only_them(copied: Path) -> None:
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "demos"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True)
    expected = {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    expected -= {"demos/ruff.toml"}
    files = {name for name in tree(copied) if (copied / name).is_file()}
    assert files == expected | {"demos/requirements.txt"}
    for name in expected:
        assert (copied / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_copys_requirements_are_what_its_files_declare(copied: Path) -> None:
    text = (copied / "demos" / "requirements.txt").read_text(encoding="utf-8")
    hint, *lines = text.splitlines()
    assert hint == "# python -m pip install -r demos/requirements.txt"
    assert all(map(Requirement, lines))
    assert set(lines) - set(all_dependencies()) == {"rich>=13.7"}
    assert set(all_dependencies()) < set(lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "rich>=13.7" in project["project"]["dependencies"]


def sample(path: Path) -> str:
    """Return the run that the docstring of a lesson shows."""
    text = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    (block,) = re.findall(r"(?m)^    \$ .+\n((?:    .*\n)+)", text)
    return textwrap.dedent(block)


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_the_copy_runs_where_there_is_nothing(
    tmp_path: Path, copied: Path, python: Python
) -> None:
    done = bare(python, "-c", "import rich", cwd=copied)
    assert "No module named 'rich'" in done.stderr

    done = bare(python, "-m", "demos", cwd=copied)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == demos(cwd=tmp_path).stdout

    script = "demos/tasks/cancel.py"
    done = bare(python, script, "--delay", "0.1", cwd=copied)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == sample(CANCEL)

    reader = sample(ROOT / "demos" / "pubsub" / "subscribe.py")
    name = "demos.pubsub.subscribe"
    done = bare(python, "-m", name, "--pause", "0.05", cwd=copied)
    assert (done.stdout, done.stderr) == (reader, "")

    # From anywhere, by the folder's path.
    anywhere = copied / "demos"
    done = bare(python, anywhere, "pubsub.subscribe", "--pause", "0.05", cwd=tmp_path)
    assert (done.stdout, done.stderr) == (reader, "")

    done = bare(python, anywhere, "library.web", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    need = 'web needs aiohttp: python -m pip install "aiohttp>=3.10"\n'
    assert done.stderr == need


PROGRAM = ROOT / "demos" / "__main__.py"


def as_if(version: tuple[int, int, int], *words: str) -> list[str]:
    """Return what runs the command on a Python that takes itself for another."""
    code = (
        f"import runpy, sys; sys.version_info = {version};"
        f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
    )
    return ["-c", code, *words]


@pytest.mark.parametrize("words", [[], ["tasks"], ["tasks.cancel"]])
def test_a_newer_python_than_any_tested_is_like_all(
    words: list[str], tmp_path: Path
) -> None:
    python = pythons()[-1]
    newer = bare(python, *as_if((3, 99, 0), *words), cwd=tmp_path)
    assert (newer.returncode, newer.stderr) == (0, "")
    assert newer.stdout == bare(python, PROGRAM.parent, *words, cwd=tmp_path).stdout


def test_an_older_python_is_told(tmp_path: Path) -> None:
    """Its files are read by what knows no newer syntax, up to the sentence."""
    ast.parse(PROGRAM.read_bytes(), feature_version=(3, 7))
    done = bare(pythons()[0], *as_if((3, 10, 13)), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Python 3.11 or newer is needed; this is ")
    assert done.stderr.count("\n") == 1


def test_a_copy_copies_itself(tmp_path: Path, copied: Path) -> None:
    done = bare(pythons()[0], copied / "demos", "--copy", "again", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(tmp_path / "again") == tree(copied)


def test_what_to_type_next_works(tmp_path: Path) -> None:
    done = demos("--copy", "my tulips/here", cwd=tmp_path)
    first, *typed, last = done.stdout.splitlines()
    count = len(catalogue.lessons())
    where = Path("my tulips/here/demos")
    assert first == f"{count} lessons are in {where}; next:"
    assert [line[:4] for line in typed] == ["    ", "    "]
    needy = re.match(r"(\d+) need packages: (.+)", last)
    assert needy
    assert 0 < int(needy[1]) < count
    assert needy[2] == "python -m pip install -r demos/requirements.txt"
    assert (tmp_path / "my tulips" / "here" / needy[2].split()[-1]).is_file()
    if os.name == "posix":
        script = "\n".join(typed).replace("python ", f'"{sys.executable}" ')
        shell = subprocess.run(
            ["sh", "-ec", script],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert shell.stdout == demos(cwd=tmp_path).stdout


def test_an_empty_folder_may_be_there_and_be_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path.stat().st_ino
    monkeypatch.chdir(tmp_path)
    assert command.main(["--copy", "."]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["demos"]
    assert tmp_path.stat().st_ino == there
    assert "cd " not in capsys.readouterr().out


def test_parents_are_made_but_none_that_is_left_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.main(["--copy", "not/../such/tulips"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["such"]
    assert (tmp_path / "such" / "tulips" / "demos" / "tasks").is_dir()


def test_home_is_known_where_the_shell_does_not_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert command.main(["--copy", "~/tulips"]) == 0
    assert (tmp_path / "tulips" / "demos" / "tasks" / "cancel.py").is_file()
    assert not (tmp_path / "~").exists()


def test_what_could_not_be_written_becomes_writable(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "demos", source / "demos")
    everything = [source, *source.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = demos("--copy", "tulips", cwd=tmp_path, root=source)
    finally:
        for path in everything:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert (done.returncode, done.stderr) == (0, "")
    new = tmp_path / "new"
    new.mkdir()
    (new / "file").touch()
    folders = stat.S_IMODE(new.stat().st_mode)
    files = stat.S_IMODE((new / "file").stat().st_mode)
    for path in (tmp_path / "tulips").rglob("*"):
        expected = folders if path.is_dir() else files
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_nobodys_edits_are_overwritten(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(copied)
    assert command.main(["--copy", str(copied)]) == 1
    why = f"cannot copy to {copied}: it is not empty\n"
    assert capsys.readouterr() == ("", why)
    assert tree(copied) == before


@pytest.mark.parametrize("name", ["tulips", "tulips/more"])
def test_a_file_is_no_folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tulips").write_text("red")
    assert command.main(["--copy", name]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"cannot copy to {Path(name)}: ")
    assert said.err.count("\n") == 1
    assert Path("tulips").read_text() == "red"


@pytest.mark.parametrize("inside", ["demos", "demos/new", "link/tasks/new"])
def test_not_among_the_lessons_themselves(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    inside: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "demos" / "tasks", "demos/tasks")
    monkeypatch.setattr(catalogue, "HERE", tmp_path / "demos")
    if inside.startswith("link"):
        try:
            Path("link").symlink_to("demos", target_is_directory=True)
        except OSError:
            pytest.skip("this system makes no symbolic links")
    before = tree(tmp_path)
    assert command.main(["--copy", inside]) == 1
    why = f"cannot copy to {Path(inside)}: it is inside the folder of the lessons\n"
    assert capsys.readouterr() == ("", why)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("there", ["here/tulips", "here", ""])
def test_a_copy_that_fails_half_way_leaves_nothing(tmp_path: Path, there: str) -> None:
    """Files of at most 4 KB: the system itself refuses more."""
    resource = pytest.importorskip("resource", reason="Windows has no such limits")
    (tmp_path / there).mkdir(parents=True, exist_ok=True)
    before = tree(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "demos", "--copy", "here/tulips"],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "cannot copy to here/tulips: File too large\n"
    assert tree(tmp_path) == before


def test_an_interrupted_copy_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = []

    def interrupted(source: Path, target: Path) -> None:
        assert target.is_relative_to(tmp_path / "new" / "tulips")  # the same disk
        written.append(target)
        target.write_bytes(source.read_bytes())
        if len(written) == 10:
            assert {path.exists() for path in written} == {True}
            raise KeyboardInterrupt

    monkeypatch.setattr("shutil.copyfile", interrupted)
    monkeypatch.chdir(tmp_path)
    assert command.main(["--copy", "new/tulips"]) == 130
    assert capsys.readouterr() == ("", "")
    assert len(written) == 10
    assert tree(tmp_path) == set()


# Two sources compared.


def test_diff(tmp_path: Path) -> None:
    done = demos("--diff", "engine.04", "engine.05", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, second, *lines = done.stdout.splitlines()
    assert first == "--- engine.stage_04_loop"
    assert second == "+++ engine.stage_05_gather"
    assert "+class Waiter:" in lines
    assert '-    Loop.current.add_task(grow("tulip", day_length))' in lines
    assert {line[:1] for line in lines} <= {"+", "-", " ", "@"}
    assert COLOUR.search(done.stdout) is None


def test_a_diff_is_coloured_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert command.main(["--diff", "engine.1", "engine.2"]) == 0
    assert COLOUR.search(capsys.readouterr().out)
    monkeypatch.setenv("NO_COLOR", "1")
    assert command.main(["--diff", "engine.1", "engine.2"]) == 0
    assert COLOUR.search(capsys.readouterr().out) is None


def test_the_same_file_twice_has_no_diff(tmp_path: Path) -> None:
    done = demos("--diff", "engine.04", "engine.04", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["engine.04"], "argument --diff: expected 2 arguments; "),
        (["engine.04", "engine.99"], "no lesson engine.99; "),
    ],
)
def test_a_diff_of_what_is_not_there(
    words: list[str], line: str, tmp_path: Path
) -> None:
    done = demos("--diff", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
