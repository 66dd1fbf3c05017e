"""Run the sheet's lessons on every Python, and record it in cheatsheet/ran.json.

    make cheatsheet-ran

On the Pythons of this machine; then, as root on a Debian, on the newest ones, in
build/newest. A Python that does not print what a lesson's docstring says gets no mark,
and its old marks stay only for lessons that have not changed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cheatsheet import entries, ran, tree
from slides.paths import DEMOS, short
from tests import newest, pythons
from tests.pythons import requires_python
from tests.test_demos import demo_id

TESTS = "tests/test_demos.py"


def samples(lessons: list[str]) -> list[str]:
    """Return pytest's options that choose the samples of lessons, on all Pythons."""
    names = " or ".join(f"[{demo_id(Path(lesson))}-" for lesson in lessons)
    return ["pytest", "-q", TESTS, "-k", f"test_sample and ({names})"]


def run_newest(options: list[str]) -> int:
    """Run them in the room of the newest Pythons, if it can be; return a code."""
    code = newest.ready()
    if code is None:
        first, *_ = newest.PYTHONS
        code = newest.run(first, "tests.pythons") or newest.run(first, *options)
        newest.take_notes()
    return code


def lacking(
    lessons: list[str], recorded: ran.Record, names: Sequence[str] = ran.PYTHONS
) -> list[str]:
    """Return, a line each, the lessons that some Python which they are for has not run.

    `names` are the Pythons asked about.
    """
    lines = []
    for lesson in lessons:
        versions, runs = requires_python(DEMOS / lesson), recorded.get(lesson, {})
        today = ran.digest(lesson)
        missing = [n for n in names if n in versions and runs.get(n) != today]
        if missing:
            lines.append(f"{lesson}: not run on {', '.join(missing)}")
    return lines


def main() -> int:
    """Run, record, and say what has no mark."""
    lessons = tree.all_scripts(entries.read())
    options = samples(lessons)
    codes = [
        pythons.main(),
        subprocess.run([sys.executable, "-m", *options]).returncode,
        run_newest(options),
    ]
    runs = ran.add_notes(lessons)
    print(f"{short(ran.RAN)}: {runs} runs of {len(lessons)} lessons")
    missing = lacking(lessons, ran.record())
    for line in missing:
        print(line)
    return max(*codes, bool(missing))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
