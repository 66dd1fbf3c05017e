"""What a timeline costs, beside the means that others offer, and how true it is."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from slides.paths import BUILD, ROOT
from tests.bench import Number
from tests.pythons import Python, interpreter, pythons

TASKS, SWITCHES = 10_000, 100
ROUNDS = 3
"""Runs of each means, in turn; the median counts."""

PEERS = ("viztracer", "wigglystuff")
"""Packages on PyPI: the tracer, and the notebook widget AsyncFlow (3.12 on)."""

OURS = ("nothing", "tulipes", "tulipes, ended")


def timelines(console: Console) -> Iterator[Number]:
    """Measure on every Python of this machine."""
    for python in pythons():
        with console.status(f"Switching tasks on Python {python} …"):
            executable, peers = prepared(python)
            yield from costs(python, executable, peers)
            if "viztracer" in peers:
                yield from intervals(python, executable)


def prepared(python: Python) -> tuple[Path, list[str]]:
    """Return an interpreter with those of the peers that install for it."""
    venv = BUILD / "bench" / str(python)
    executable = interpreter(venv)
    if not executable.is_file():
        subprocess.run([python.executable, "-m", "venv", venv], check=True)
    peers = []
    for peer in PEERS:
        imported = [str(executable), "-c", f"import {peer}"]
        install = [str(executable), "-m", "pip", "install", "--quiet", peer]
        if succeeds(imported) or (succeeds(install) and succeeds(imported)):
            peers.append(peer)
    return executable, peers


def succeeds(command: list[str]) -> bool:
    """Run a command in silence; tell whether it succeeded."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(executable: Path, script: str, *arguments: object) -> tuple[float, float]:
    """Run a script of this folder; return the two numbers that it prints."""
    done = subprocess.run(
        [executable, Path(__file__).with_name(script), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    first, second = json.loads(done.stdout)
    return first, second


def costs(python: Python, executable: Path, peers: list[str]) -> Iterator[Number]:
    """Compare CPU times of the same switches, recorded by each means."""
    seconds: dict[str, list[float]] = {}
    size = 0.0
    means = [*OURS, "viztracer"] if "viztracer" in peers else list(OURS)
    for _ in range(ROUNDS):
        for each in means:
            spent, bytes_ = run(executable, "switches.py", each, TASKS, SWITCHES)
            seconds.setdefault(each, []).append(spent)
            size = max(size, bytes_)
    median = {each: statistics.median(spent) for each, spent in seconds.items()}
    bare = median["nothing"]
    beside = [f"{each} {median[each] / bare:.1f} ×" for each in means[len(OURS) :]]
    if "wigglystuff" in peers and python.version >= (3, 12):
        # A hundred times slower: a hundredth of the tasks will do.
        few = TASKS // 100
        widget, _ = run(executable, "switches.py", "AsyncFlow", few, SWITCHES)
        plain, _ = run(executable, "switches.py", "nothing", few, SWITCHES)
        beside.append(f"AsyncFlow {widget / plain:.0f} ×")
    yield Number(
        f"switches traced, {python}",
        median["tulipes"] / bare,
        "× untraced",
        1.8,
        ", ".join(beside) or "no peer installs",
    )
    yield Number(
        f"a recorded run, {python}",
        size,
        "bytes",
        32,
        "start, end and place, as doubles",
    )
    yield Number(
        f"recording over, {python}",
        median["tulipes, ended"] / bare,
        "× never recorded",
        1.05,
        f"{bare:.2f} s of CPU for {TASKS * SWITCHES:,} switches",
    )
    if "viztracer" in median:
        yield Number(
            f"cost added, {python}",
            (median["tulipes"] - bare) / (median["viztracer"] - bare),
            "× viztracer's",
            1 / 3,
            f"{(median['tulipes'] - bare) / TASKS / SWITCHES * 1e6:.2f} µs a switch",
        )


def intervals(python: Python, executable: Path) -> Iterator[Number]:
    """Compare the intervals of one run with those that viztracer saw."""
    worst = [run(executable, "agree.py")[0] for _ in range(ROUNDS)]
    yield Number(
        f"intervals, {python}",
        statistics.median(worst),
        "µs off",
        50,
        f"viztracer on the same run; {min(worst):.0f} to {max(worst):.0f}, its worst",
    )
