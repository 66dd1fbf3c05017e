"""`python -m media`, as its user types it: in a terminal, or in this process."""

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from rich.cells import cell_len

from media.__main__ import main
from tests.media.pictures import SVG

ROOT = Path(__file__).resolve().parents[2]

RUDE = """\
import asyncio, sys, time

async def rude():
    time.sleep(0.15)

async def polite():
    await asyncio.sleep(0.01)
    print("polite", *sys.argv[1:])
    return "done"

async def main():
    await asyncio.gather(rude(), polite())
"""


def media(
    *arguments: str | Path, cwd: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m media` in a folder; nothing of ours is in its environment."""
    kept = {k: v for k, v in os.environ.items() if k not in {"TULIPES_LANG", "COLUMNS"}}
    return subprocess.run(
        [sys.executable, "-m", "media", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


@dataclass(frozen=True)
class Here:
    """`python -m media` in this process, where a test needs no other."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        """Return the exit code, and what was said on both streams."""
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        out, err = self.capsys.readouterr()
        return code, out, err


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run the command here; what a script finds changed is put back."""
    monkeypatch.setattr(sys, "argv", ["media"])
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, "__timeline__", ModuleType("__timeline__"))
    monkeypatch.delenv("TULIPES_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    return Here(capsys)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "rude.py"
    path.write_text(RUDE, encoding="utf-8")
    return path


def test_in_the_terminal(script: Path) -> None:
    done = media("timeline", script, COLUMNS="100")
    assert (done.returncode, done.stderr) == (0, "")
    said, main, rude, polite, thread, axis = done.stdout.splitlines()
    assert said == "polite"
    assert [line.split()[0] for line in (main, rude, polite)] == [
        *("main", "rude", "polite"),
    ]
    assert "time.sleep(0.15)" in rude
    assert polite.endswith("✓ 'done'")
    assert "busy" in thread
    assert axis.split()[0] == "0"
    assert max(map(cell_len, done.stdout.splitlines())) <= 100


def test_as_svg(script: Path, tmp_path: Path) -> None:
    done = media("timeline", script, "-o", "run.svg", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("polite\nrun.svg: 3 tasks, ")
    root = ET.fromstring((tmp_path / "run.svg").read_text("utf-8"))
    told = root.findtext(f"{SVG}desc") or ""
    assert "rude holds it for" in told
    assert done.stdout.rstrip().endswith(told)


def test_options(script: Path, tmp_path: Path) -> None:
    output = tmp_path / "run.svg"
    options = ("--steps", "--dark", "--lang", "fr", "--slow", "9", "--prints", "--text")
    done = media(
        *("timeline", script, "--output", output, *options),
        *("--title", "Une impolie", "--", "--items", "2"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    drawn = output.read_text("utf-8")
    root = ET.fromstring(drawn)
    assert root.findtext(f"{SVG}title") == "Une impolie"
    assert root.get("lang") == "fr"
    texts = [group.get("aria-label") for group in root.iter(f"{SVG}g")]
    assert "polite --items 2" in texts
    assert "bloque la boucle" not in texts
    # Steps: main twice, rude once, polite twice.
    assert "5" in texts
    assert "6" not in texts
    assert 'fill="#12161f"' in drawn
    assert "occupé à" in done.stdout


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (None, "no script"),
        ("", "has no `async def main` to run"),
        ("def main(): ...", "has no `async def main` to run"),
        ("async def main(tulips): ...", "main() must run alone"),
        ("import nothing_of_that_name", "cannot be imported"),
        ("async def main(:", "cannot be imported"),
        ("raise SystemExit(3)", "cannot be imported"),
        ("raise ValueError('two' + chr(10) + 'lines')", "cannot be imported"),
    ],
    ids=[
        "absent",
        "no-main",
        "not-async",
        "needs",
        "import",
        "syntax",
        "exit",
        "raise",
    ],
)
def test_misuse_is_told_in_a_line(
    here: Here, tmp_path: Path, source: str | None, told: str
) -> None:
    script = tmp_path / "script.py"
    if source is not None:
        script.write_text(source)
    code, out, err = here("timeline", script)
    assert (code, out) == (2, "")
    assert told in err
    assert "script.py" in err
    assert err.count("\n") == 1


def test_a_script_that_fails_is_drawn_all_the_same(here: Here, tmp_path: Path) -> None:
    script = tmp_path / "wilts.py"
    script.write_text("async def main():\n    raise ValueError('no water')\n")
    code, out, err = here("timeline", script, "-o", tmp_path / "run.svg", "--text")
    assert (code, err) == (1, "wilts.py failed: ValueError('no water')\n")
    assert "✗ ValueError('no water')" in out
    assert "main fails with ValueError('no water')" in (
        (tmp_path / "run.svg").read_text("utf-8")
    )


@pytest.mark.parametrize(
    ("raised", "status", "told"),
    [
        ("SystemExit(3)", 3, ""),
        ("SystemExit()", 0, ""),
        ("KeyboardInterrupt()", 130, ""),
        ("asyncio.CancelledError()", 1, "ends.py failed: CancelledError\n"),
        ("Shy()", 1, "ends.py failed: Shy\n"),
        ("Wide()", 1, "ends.py failed: a b\n"),
    ],
)
def test_a_script_that_ends_otherwise_is_drawn_too(
    here: Here, tmp_path: Path, raised: str, status: int, told: str
) -> None:
    (tmp_path / "ends.py").write_text(
        "import asyncio\nclass Shy(Exception):\n    def __repr__(self):\n"
        "        raise ValueError\nclass Wide(Exception):\n    def __repr__(self):\n"
        "        return 'a\\nb'\nasync def main():\n    await asyncio.sleep(0)\n"
        f"    raise {raised}\n"
    )
    output = tmp_path / "run.svg"
    code, out, err = here("timeline", tmp_path / "ends.py", "-o", output)
    assert (code, err) == (status, told)
    assert out.startswith(f"{output}: 1 task, ")
    assert ET.parse(output).getroot().tag == f"{SVG}svg"


@pytest.mark.skipif(os.name == "nt", reason="SIGINT as a terminal sends it")
def test_ctrl_c_draws_what_was_recorded(tmp_path: Path) -> None:
    script, output = tmp_path / "long.py", tmp_path / "run.svg"
    script.write_text(
        "import asyncio\nasync def wait():\n    await asyncio.sleep(60)\n"
        "async def main():\n    task = asyncio.create_task(wait())\n"
        "    await asyncio.sleep(0)\n    print('waits', flush=True)\n    await task\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-m", "media", "timeline", script, "-o", output],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "waits\n"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (130, "")
    assert out.startswith(f"{output}: 2 tasks, ")
    assert "is cancelled" in output.read_text("utf-8")


def test_an_output_that_cannot_be_written(
    here: Here, script: Path, tmp_path: Path
) -> None:
    code, _, err = here("timeline", script, "-o", tmp_path)
    assert code == 1
    assert err.startswith("cannot draw: ")
    assert err.count("\n") == 1


def test_a_script_finds_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("async def bloom():\n    return 'tulip'\n")
    script = tmp_path / "script.py"
    script.write_text(
        "from neighbour import bloom\nasync def main():\n    return await bloom()\n"
    )
    done = media("timeline", script)
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ 'tulip'" in done.stdout


def test_a_poor_terminal_gets_ascii(script: Path) -> None:
    done = media("timeline", script, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "# time.sleep(0.15)" in done.stdout


def test_a_poor_terminal_is_told_of_a_file(script: Path, tmp_path: Path) -> None:
    options = ("-o", tmp_path / "été.svg", "--lang", "fr")
    done = media("timeline", script, *options, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "?t?.svg: 3 t?ches" in done.stdout
    assert (tmp_path / "été.svg").is_file()


def test_colours_only_where_they_are_wanted(script: Path) -> None:
    red = "\x1b[31m"
    assert red not in media("timeline", script).stdout
    assert red in media("timeline", script, FORCE_COLOR="1", TERM="xterm").stdout
    plain = media("timeline", script, FORCE_COLOR="1", TERM="xterm", NO_COLOR="1")
    assert red not in plain.stdout


def test_its_language_is_that_of_the_talk(
    here: Here, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TULIPES_LANG", "fr")
    assert "occupé à" in here("timeline", script)[1]
    assert "% busy" in here("timeline", script, "--lang", "en")[1]


def test_only_scripts_have_arguments(here: Here) -> None:
    code, _, err = here("figures", "--check", "--", "pieces")
    assert code == 2
    assert err.endswith("figures has no script to give arguments to\n")


@pytest.mark.parametrize("lesson", ["tasks/group", "tasks/callbacks"])
def test_a_demo_knows_nothing_of_it(lesson: str) -> None:
    demo = ROOT / "demos" / f"{lesson}.py"
    with subprocess.Popen(
        [sys.executable, demo], stdout=subprocess.PIPE, text=True
    ) as plain:
        done = media("timeline", demo)
        said, _ = plain.communicate()
    assert plain.returncode == 0
    assert said
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(said)


def test_chronogram(tmp_path: Path) -> None:
    output, data = tmp_path / "ways.svg", tmp_path / "ways.json"
    done = media("chronogram", "-o", output, "--data", data, "--lang", "fr")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("processus 1 démarre en ")
    assert ET.fromstring(output.read_text("utf-8")).get("lang") == "fr"
    assert '"coroutines": [[0, ' in data.read_text("utf-8")


@pytest.mark.parametrize("command", [(), ("timeline",), ("figures",), ("chronogram",)])
def test_help(here: Here, command: tuple[str, ...]) -> None:
    code, out, err = here(*command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: python -m media")
    if not command:
        assert "python -m media timeline demos/" in out
