"""The command line: errors in one line, exit codes, nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from slides import doctor, keys
from slides.cli import main
from slides.paths import ROOT
from slides.server import free_port
from slides.talks import Repertoire
from tests.slides.decks import REAL
from tests.slides.stage import TALK, Show


def slides(
    *arguments: str, home: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    if home is not None:
        env["TULIPES_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "slides", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str], status: int) -> str:
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert done.stdout == ""
    return lines[0]


# Errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["present", "cour"], "Unknown talk «cour». Did you mean cours? Known: "),
        (["doctor", "nope"], "Unknown talk «nope». Known: cours"),
        (
            ["present", "cours", "--chapter", "task"],
            "Did you mean tasks? Known: cours",
        ),
        (["present", "--slide", "0"], "has slides 1 to"),
        (["present", "cours", "--sitting", "3"], "cours has no sitting 3."),
        (["present", "semaine", "--sitting", "-1"], "-1 is no sitting: 1 and up are"),
        (["present", "tulipe", "--list"], "Unknown talk or chapter «tulipe»."),
        (["present", "--lang", "xx"], "No decks in «xx»; known: "),
        (["check", "nope"], "Unknown talk or chapter «nope»."),
        (["check", "first_step"], "Did you mean first_steps? Known: cours"),
        (["check", "--lang", "xx"], "No decks in «xx»; known: "),
        (["sync", "task"], "Unknown chapter «task». Did you mean tasks? Known: "),
        (["present", "--list", "task"], "Did you mean tasks? Known: cours"),
        (["prezent"], "invalid choice"),
        (["present", "--port", "x"], "'x'. See "),
        (["present", "--port", "70000"], "70000 is no port: 1 to 65535 are. See "),
        ([], "COMMAND"),
    ],
)
def test_a_wrong_word_is_one_line_and_status_2(arguments: list[str], said: str) -> None:
    assert said in one_line(slides(*arguments), 2)


def test_the_talks_are_listed_with_their_lengths(tmp_path: Path) -> None:
    done = slides("present", "--list", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    talks = iter(lines)
    for each in REAL.talks():
        line = next(talks)
        assert line.split()[:3] == [each.name, f"{each.minutes:g}", "min"]
        assert line.endswith(f" {len(each.slides)} slides  {each.title}")
        for number in REAL.entries[each.name].sittings:
            assert next(talks).split()[0] == number
    assert [*talks] == []


def test_a_talk_is_listed_with_the_clock_of_its_slides(tmp_path: Path) -> None:
    done = slides("present", "tulipes", "--list", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    found = [CLOCK.fullmatch(line) for line in done.stdout.splitlines()]
    assert [(match["id"], match["title"]) for match in found if match] == [
        (slide.id, slide.title) for slide in REAL.talk("tulipes").slides
    ]
    clock = 0
    for match in filter(None, found):
        assert abs(clock - seconds(match["at"])) <= len(found) / 2
        clock += seconds(match["lasts"])
    talk = REAL.talk("tulipes")
    assert abs(clock - 60 * (talk.minutes - talk.rest)) <= len(found) / 2


CLOCK = re.compile(
    r" *\d+ +(?P<at>\d+:\d\d) \+(?P<lasts>\d+:\d\d)  \w+ +(?P<id>\w+) +(?P<title>\S.*)"
)


def seconds(clock: str) -> int:
    minutes, _, rest = clock.partition(":")
    return 60 * int(minutes) + int(rest)


def test_a_chapter_is_listed_with_the_ids_that_a_talk_chooses(tmp_path: Path) -> None:
    done = slides("present", "--list", "pubsub", "--lang", "fr", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    path, *lines = done.stdout.splitlines()
    assert path.endswith("slides/fr/10-pubsub.md")
    shown = [*REAL.deck(REAL.paths("fr")["pubsub"]).slides()]
    assert [line.split()[4] for line in lines] == [slide.id for slide in shown]


@pytest.mark.parametrize("command", [["check", "--structure"], ["sync", "--check"]])
def test_a_chapters_name_does_for_its_decks(command: list[str], tmp_path: Path) -> None:
    done = slides(*command, "first_steps", "slides/fr/04-language.md", home=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_busy_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = slides("present", "--no-browser", "--port", port, home=tmp_path)
    assert f"Port {port} is busy" in one_line(done, 1)


def test_the_default_port_gives_way(tmp_path: Path) -> None:
    with Show(tmp_path / "one") as one, Show(tmp_path / "two") as two:
        assert one.url.split("/")[2] != two.url.split("/")[2]


def test_two_shows_may_start_at_the_same_moment(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        shows = list(pool.map(Show, [tmp_path / "one", tmp_path / "two"]))
    with shows[0] as one, shows[1] as two:
        assert one.url.split("/")[2] != two.url.split("/")[2]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system has one")
def test_no_browser_is_one_line(tmp_path: Path) -> None:
    done = slides("present", home=tmp_path, PATH=str(tmp_path), BROWSER="", DISPLAY="")
    assert "--no-browser" in one_line(done, 1)


@pytest.mark.parametrize("package", ["nbclassic", "nbformat"])
def test_a_missing_package_is_one_line(tmp_path: Path, package: str) -> None:
    """Some are needed by one command, others by all."""
    (tmp_path / f"{package}.py").write_text(
        f"raise ModuleNotFoundError('No module named {package}', name='{package}')"
    )
    done = slides("present", "--no-browser", home=tmp_path, PYTHONPATH=str(tmp_path))
    line = one_line(done, 1)
    assert f"{package} is missing" in line
    assert "make present" in line


def test_a_broken_deck_is_named_with_line_and_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talks = ROOT / "slides" / "talks.toml"
    (tmp_path / "talks.toml").write_bytes(talks.read_bytes())
    sources = [source.path for source in REAL.talk().decks]
    for source in sources:
        copy = tmp_path / "fr" / source.name
        copy.parent.mkdir(exist_ok=True)
        text = source.read_text(encoding="utf-8")
        copy.write_text(text + "\n+++ {not json\n\nText.\n", encoding="utf-8")
    source = sources[0]
    text = source.read_text(encoding="utf-8")
    monkeypatch.setattr("slides.talks.SLIDES", tmp_path)
    assert main(["present", "--no-browser"]) == 1
    said = capsys.readouterr().err
    assert f"{source.name}: Markdown cell" in said
    assert f"line {text.count(chr(10)) + 2}" in said
    assert said.count("\n") == 1


def test_help_has_examples() -> None:
    done = slides("--help")
    assert done.returncode == 0
    assert "python -m slides present cours --chapter tasks --slide 3" in done.stdout
    assert slides("present", "--help").returncode == 0


# Present


def test_the_first_lines_say_where_and_how(tmp_path: Path) -> None:
    with Show(tmp_path, "--chapter", "tasks", "--slide", "2") as show:
        assert show.lines[0] == show.url
        assert "token=" in show.url
        assert "&slide=" in show.url
        assert REAL.talk(TALK).title in show.lines[1]
        assert keys.card() in "\n".join(show.lines)
        with urllib.request.urlopen(show.url, timeout=10) as page:
            assert b"notebook" in page.read()


def test_the_server_is_for_this_machine_and_this_token_only(tmp_path: Path) -> None:
    with Show(tmp_path) as show:
        process = psutil.Process(show.process.pid)
        listening = [
            c.laddr.ip
            for p in [process, *process.children(recursive=True)]
            for c in p.net_connections(kind="inet")
            if c.status == psutil.CONN_LISTEN
        ]
        assert listening
        assert set(listening) == {"127.0.0.1"}
        base = "/".join(show.url.split("/")[:3])
        for path in ("/api/kernels", "/api/terminals"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(base + path, timeout=10)
            assert refused.value.code in {403, 404}
            refused.value.close()
        token = show.url.partition("token=")[2]
        with pytest.raises(urllib.error.HTTPError) as gone:
            urllib.request.urlopen(f"{base}/api/terminals?token={token}", timeout=10)
        assert gone.value.code == 404
        gone.value.close()


def kernels(show: Show, pause: float = 0.05) -> list[psutil.Process]:
    """Wait for the show's kernel; return all that the show has started."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if family := psutil.Process(show.process.pid).children(recursive=True):
            return family
        time.sleep(pause)
    raise AssertionError("no kernel after 30 s")


SIGNALS = [signal.SIGTERM] if sys.platform == "win32" else [
    signal.SIGINT, signal.SIGTERM, signal.SIGHUP
]  # fmt: skip


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_the_end_leaves_no_process_no_port_and_the_copy(
    tmp_path: Path, number: signal.Signals, times: int
) -> None:
    port = free_port(0)  # of its own: others may take the default one meanwhile
    with Show(tmp_path, "--port", str(port)) as show:
        family = kernels(show)
        for _ in range(times):
            show.process.send_signal(number)
            time.sleep(0.1)  # an impatient speaker
        assert show.process.wait(20) == 0
        assert show.process.stderr is not None
        assert show.process.stderr.read() == ""
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert gone
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert show.copy.is_file()
    assert list((tmp_path / "build/jupyter/runtime").glob("kernel-*.json")) == []


@pytest.mark.parametrize("started", [False, True])
def test_an_end_while_the_kernel_starts_leaves_nothing(
    tmp_path: Path, started: bool
) -> None:
    with Show(tmp_path) as show:
        family = kernels(show, 0) if started else []
        show.process.terminate()
        assert show.process.wait(20) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    jupyter = tmp_path / "build" / "jupyter"
    assert list((jupyter / "runtime").glob("kernel-*.json")) == []
    log = (jupyter / "server.log").read_text(encoding="utf-8")
    assert [line for line in log.splitlines() if line.startswith("[E ")] == []


def test_a_killed_show_leaves_its_copy_and_no_kernel(tmp_path: Path) -> None:
    with Show(tmp_path) as show:
        family = kernels(show)
        show.process.kill()
        show.process.wait(20)
    _, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []
    with Show(tmp_path) as again:
        assert again.copy.is_file()


# Doctor


def test_the_doctor_tries_everything_and_is_content(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On one chapter of a talk: test_demos.py and test_check.py run all the rest."""
    talk = REAL.talk()
    part = next(part for part in talk.parts if part.deck.chapter == "pubsub")
    short = replace(talk, parts=(part,), minutes=part.minutes, rest=0)
    monkeypatch.setattr(Repertoire, "talk", lambda *_: short)
    monkeypatch.setenv("NO_COLOR", "1")
    status = main(["doctor"])
    said = capsys.readouterr().out
    lines = said.splitlines()
    tried = [line.split()[1] for line in lines[:-1] if line.startswith(("ok", "FAIL"))]
    expected = "Python packages port browser fonts screen decks stage demos cells"
    assert tried == expected.split()
    failed = [line for line in lines if line.startswith("FAIL")]
    # A machine for tests has no desktop: no browser that Python would open.
    assert [line for line in failed if "browser" not in line] == []
    assert status == (1 if failed else 0)
    assert "\x1b" not in said


@pytest.fixture
def broken_demo(tmp_path: Path) -> Path:
    chapter = tmp_path / "demos" / "tasks"
    chapter.mkdir(parents=True)
    (tmp_path / "demos" / "__init__.py").touch()
    for name, does in {
        "__init__": "",
        "fine": "print('fine')",
        "fails": "raise SystemExit('it rained')",
        "warns": "import sys; print('hm', file=sys.stderr)",
    }.items():
        start = 'if __name__ == "__main__":\n    ' * bool(does)
        (chapter / f"{name}.py").write_text(f"{start}{does}\n")
    return tmp_path / "demos"


def test_the_doctor_names_what_fails(
    broken_demo: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("demos.catalogue.HERE", broken_demo)
    monkeypatch.setattr(doctor, "ROOT", broken_demo.parent)
    monkeypatch.setattr(doctor, "THEME", broken_demo)
    for slow in ("_stage", "_cells"):
        monkeypatch.setattr(doctor, slow, lambda *_: "not tried")
    assert doctor.doctor(REAL.talk()) == 1
    said = capsys.readouterr().out
    assert "tasks.fails: exit 1, it rained" in said
    assert "tasks.warns: exit 0, hm" in said
    assert "tasks.fine" not in said
    assert [line for line in said.splitlines() if "FAIL" in line and "fonts" in line]
    assert "to mend before the show" in said
