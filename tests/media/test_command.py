"""`python -m media`, as its user types it."""

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.cells import cell_len

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
    assert "rude keeps it for" in told
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
    texts = [text.text for text in root.iter(f"{SVG}text")]
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
    tmp_path: Path, source: str | None, told: str
) -> None:
    script = tmp_path / "script.py"
    if source is not None:
        script.write_text(source)
    done = media("timeline", script)
    assert done.returncode == 2
    assert done.stdout == ""
    assert told in done.stderr
    assert "script.py" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_script_that_fails_is_drawn_all_the_same(tmp_path: Path) -> None:
    script = tmp_path / "wilts.py"
    script.write_text("async def main():\n    raise ValueError('no water')\n")
    done = media(
        "timeline", script, "-o", tmp_path / "run.svg", "--text", COLUMNS="120"
    )
    assert done.returncode == 1
    assert done.stderr == "wilts.py failed: ValueError('no water')\n"
    assert "✗ ValueError('no water')" in done.stdout
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
    tmp_path: Path, raised: str, status: int, told: str
) -> None:
    (tmp_path / "ends.py").write_text(
        "import asyncio\nclass Shy(Exception):\n    def __repr__(self):\n"
        "        raise ValueError\nclass Wide(Exception):\n    def __repr__(self):\n"
        "        return 'a\\nb'\nasync def main():\n    await asyncio.sleep(0)\n"
        f"    raise {raised}\n"
    )
    done = media("timeline", "ends.py", "-o", "run.svg", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (status, told)
    assert done.stdout.startswith("run.svg: 1 task, ")
    assert ET.parse(tmp_path / "run.svg").getroot().tag == f"{SVG}svg"


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


def test_an_output_that_cannot_be_written(script: Path, tmp_path: Path) -> None:
    done = media("timeline", script, "-o", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("cannot draw: ")
    assert done.stderr.count("\n") == 1


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


def test_its_language_is_that_of_the_talk(script: Path) -> None:
    assert "occupé à" in media("timeline", script, TULIPES_LANG="fr").stdout
    english = media("timeline", script, "--lang", "en", TULIPES_LANG="fr").stdout
    assert "% busy" in english


def test_only_scripts_have_arguments(script: Path) -> None:
    done = media("figures", "--check", "--", "pieces")
    assert done.returncode == 2
    assert done.stderr.endswith("figures has no script to give arguments to\n")


@pytest.mark.parametrize("lesson", ["tasks/group", "tasks/callbacks"])
def test_a_demo_knows_nothing_of_it(lesson: str) -> None:
    demo = ROOT / "demos" / f"{lesson}.py"
    plain = subprocess.run(
        [sys.executable, demo], capture_output=True, check=True, text=True
    )
    done = media("timeline", demo)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(plain.stdout)


def test_chronogram(tmp_path: Path) -> None:
    output, data = tmp_path / "ways.svg", tmp_path / "ways.json"
    done = media("chronogram", "-o", output, "--data", data, "--lang", "fr")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("processus 1 démarre en ")
    assert ET.fromstring(output.read_text("utf-8")).get("lang") == "fr"
    assert '"coroutines": [[0, ' in data.read_text("utf-8")


@pytest.mark.parametrize("command", [(), ("timeline",), ("figures",), ("chronogram",)])
def test_help(command: tuple[str, ...]) -> None:
    done = media(*command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: python -m media")
    if not command:
        assert "python -m media timeline demos/" in done.stdout
