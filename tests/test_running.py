"""The runner: options from `main`, and one line for what is nobody's bug."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from demos import running
from demos.catalogue import lessons, runs_by_itself
from tests.pythons import ROOT


async def water(
    *,
    delay: float = 0.5,
    rounds: int = 3,
    name: str = "tulip",
    latencies: Sequence[float] = (0.1, 0.2),
    file: Path | None = None,
    loud: bool = False,
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Have an option of each kind."""


def read(*words: str) -> dict[str, Any]:
    return vars(running.parser_for(water, "garden.water", "Water.").parse_args(words))


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("", {}),
        ("--delay 0.25", {"delay": 0.25}),
        ("--delay 0", {"delay": 0.0}),
        ("--rounds 7", {"rounds": 7}),
        ("--name iris", {"name": "iris"}),
        ("--latencies 1 2.5", {"latencies": [1.0, 2.5]}),
        ("--file tulips.txt", {"file": Path("tulips.txt")}),
        ("--loud", {"loud": True}),
        ("--listen 0", {"listen": 0}),
        ("--connect 127.0.0.1:8080", {"connect": "127.0.0.1:8080"}),
        ("--connect [::1]:8080", {"connect": "[::1]:8080"}),
    ],
)
def test_options_are_mains_parameters(typed: str, read_as: dict[str, Any]) -> None:
    """What is not typed is left to `main`, which has its own defaults."""
    assert read(*typed.split()) == read_as


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--delay -1", "-1 is under 0 or endless"),
        ("--delay inf", "inf is under 0 or endless"),
        ("--delay nan", "nan is under 0 or endless"),
        ("--delay soon", "'soon'"),
        ("--rounds 0", "0 is under 1"),
        ("--rounds 1.5", "'1.5'"),
        ("--listen 65536", "no port has number 65536"),
        ("--listen -1", "no port has number -1"),
        ("--connect 8080", "8080 is no HOST:PORT"),
        ("--connect localhost:0", "localhost:0 is no HOST:PORT"),
        ("--connect localhost:99999", "no port has number 99999"),
        ("--listen 0 --connect localhost:1", "not allowed with"),
        ("--wat", "--wat"),
    ],
)
def test_what_cannot_be_is_one_line(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read(*typed.split())
    assert ended.value.code == 2
    line = capsys.readouterr().err
    assert said in line
    assert "`python -m demos garden.water --help` says more" in line
    assert line.count("\n") == 1


def test_help_is_the_docstring_and_each_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        read("--help")
    assert ended.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())  # however it is folded
    assert printed.startswith("usage: python -m demos garden.water ")
    for words in (
        *("Water.", "--delay SECONDS", "default: 0.5", "--rounds COUNT", "default: 3"),
        *("default: 0.1 0.2", "--listen PORT | --connect HOST:PORT", "--file PATH"),
    ):
        assert words in printed


# In a package of its own.

PROGRAM = """\
# /// script
# requires-python = "{needs}"
# dependencies = [{packages}]
# ///
\"\"\"Do what a test asks for.\"\"\"

import asyncio
{imports}

async def main(*, listen: int | None = None, connect: str | None = None) -> None:
    try:
{body}
    finally:
        print("tidied", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
"""


def write(
    folder: Path,
    body: str,
    imports: str = "",
    packages: str = "",
    needs: str = ">=3.11",
) -> list[str]:
    """Put a lesson among the real ones' machinery; return how to run it."""
    home = folder / "demos"
    (home / "garden").mkdir(parents=True)
    for path in (ROOT / "demos").glob("*.py"):
        (home / path.name).write_bytes(path.read_bytes())
    (home / "garden/__init__.py").write_text('"""1. A garden."""\n')
    text = PROGRAM.format(
        body=textwrap.indent(body, 8 * " "),
        imports=imports,
        packages=packages,
        needs=needs,
    )
    (home / "garden/water.py").write_text(text)
    return [sys.executable, "-X", "dev", "-W", "error", "-m", "demos", "garden.water"]


def run(
    folder: Path, body: str, *options: str, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*write(folder, body, **more), *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


REFUSED = "await asyncio.open_connection(*connect.rsplit(':', 1))"


@pytest.mark.parametrize(
    ("body", "options", "line"),
    [
        (REFUSED, ("--connect", "127.0.0.1:1"), "127.0.0.1:1: Connection refused"),
        ("raise EOFError('hung up')", (), "hung up"),
        ("raise TimeoutError", ("--connect", "a:1"), "a:1: no answer in time"),
        ("raise ExceptionGroup('two', [EOFError('a'), OSError('b')])", (), "a"),
    ],
)
def test_an_expected_error_is_one_line(
    tmp_path: Path, body: str, options: tuple[str, ...], line: str
) -> None:
    done = run(tmp_path, body, *options)
    assert (done.returncode, done.stdout) == (1, "tidied\n")
    assert done.stderr == f"water: {line}\n"


def test_a_busy_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        body = "await asyncio.start_server(print, '127.0.0.1', listen)"
        done = run(tmp_path, body, "--listen", port)
    assert (done.returncode, done.stdout) == (1, "tidied\n")
    assert done.stderr == f"water: port {port} is taken or forbidden\n"


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError('a bug')",
        "raise ExceptionGroup('two', [OSError('b'), ValueError('a bug')])",
        "raise KeyError('a bug')",
        "assert False, 'a bug'",
    ],
)
def test_a_bug_keeps_its_traceback(tmp_path: Path, body: str) -> None:
    done = run(tmp_path, body)
    assert (done.returncode, done.stdout) == (1, "tidied\n")
    assert "Traceback (most recent call last):" in done.stderr
    assert "a bug" in done.stderr
    assert "water.py" in done.stderr


def test_what_a_library_says_of_its_peer_is_expected(tmp_path: Path) -> None:
    done = run(
        tmp_path, "raise aiohttp.ClientError('no florist')", imports="import aiohttp"
    )
    assert done.stderr == "water: no florist\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_who_is_asked_to_end_tidies_and_is_quiet(
    tmp_path: Path, sent: signal.Signals
) -> None:
    body = "print('here', flush=True)\nawait asyncio.Event().wait()"
    with subprocess.Popen(
        write(tmp_path, body),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "here\n"
        process.send_signal(sent)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (130, "tidied\n", "")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "pass",
        imports="import sea_lions",
        packages="\"sea-lions>=2; python_version >= '3'\"",
    )
    assert (done.returncode, done.stdout) == (1, "")
    how = "python -m pip install \"sea-lions>=2; python_version >= '3'\""
    assert done.stderr == f"water needs sea_lions: {how}\n"


def test_an_import_misspelt_by_hand_is_no_missing_package(tmp_path: Path) -> None:
    done = run(tmp_path, "pass", imports="import sea_lions", packages='"rich>=13.7"')
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "No module named 'sea_lions'" in done.stderr


@pytest.mark.parametrize("needs", [">=3.99", ">=3.11,<3.11", ">=4.0"])
def test_another_python_is_asked_for(tmp_path: Path, needs: str) -> None:
    """Before its imports, which may not exist here."""
    done = run(tmp_path, "pass", imports="import sea_lions", needs=needs)
    here = ".".join(map(str, sys.version_info[:2]))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"water needs Python {needs}; this is {here}\n"


LESSONS = {n: path for n, path in lessons().items() if not runs_by_itself(path)}


@pytest.mark.parametrize(("name", "path"), LESSONS.items(), ids=str)
def test_every_lesson_has_options_that_the_runner_reads(name: str, path: Path) -> None:
    if running.not_for(path):
        with pytest.raises(SystemExit):
            running.imported(name, path)
        return
    lesson = running.imported(name, path)
    parser = running.parser_for(lesson.main, name, lesson.__doc__ or "")
    shown = parser.format_help()
    assert (lesson.__doc__ or "").strip() in shown
    assert vars(parser.parse_args([])) == {}


def test_a_program_may_have_a_command_line_of_its_own() -> None:
    """The stub: it is a server to use, with help for each option."""
    assert lessons().keys() - LESSONS.keys() == {"pubsub.stub"}
    command = [sys.executable, "-m", "demos", "pubsub.stub"]
    done = subprocess.run([*command, "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--soft-seconds" in done.stdout
    done = subprocess.run([*command, "--port", "x"], capture_output=True, text=True)
    assert done.returncode == 2


def test_errors_of_the_system_are_said_in_its_words() -> None:
    error = OSError(errno.ECONNRESET, "a long story")
    said = running.explained(error, {"connect": "127.0.0.1:1"})
    assert said == "127.0.0.1:1: Connection reset by peer"
    assert running.explained(asyncio.IncompleteReadError(b"", 6), {})
