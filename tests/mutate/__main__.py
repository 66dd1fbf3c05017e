"""Change what the sheet prints, word by word: `python -m tests.mutate`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence

from slides.errors import Problem
from tests.mutate.mutants import Mutant, accepted, key, mutants, stale
from tests.mutate.printed import printed
from tests.mutate.room import Room, judged, measured, rooms

EXAMPLES = """\
examples:
  python -m tests.mutate                          all that is printed
  python -m tests.mutate --lesson tasks/group.py  of one lesson
  python -m tests.mutate --list                   run nothing, show the changes
  python -m tests.mutate -j 4                     four at a time

A survivor is a change that no test notices. Write a test that does, or give the
reason why none has to in tests/mutate/accepted.toml. Exit code 1: there are some.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m tests.mutate",
        description="Change the code that the sheet prints, in a copy of the tree,"
        " and tell which changes no test notices.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--lesson",
        action="append",
        metavar="FILE",
        help="only this one, such as tasks/group.py (may be repeated)",
    )
    made.add_argument("--list", action="store_true", help="show the changes, run none")
    made.add_argument(
        "-j", "--jobs", type=int, default=2, metavar="N", help="at a time (default: 2)"
    )
    return made


def chosen(lessons: Sequence[str] | None) -> dict[str, list[Mutant]]:
    """Return the mutants of the lessons asked for, by default of all.

    Raises Problem for one that the sheet does not print.
    """
    words = printed()
    for lesson in lessons or ():
        if lesson not in words:
            raise Problem(f"{lesson} is not on the sheet.", 2)
    return {each: list(mutants(each, words[each])) for each in lessons or words}


async def judge(
    lesson: str, found: Sequence[Mutant], places: list[Room]
) -> Counter[str]:
    """Judge a lesson's mutants, in so many rooms; print each survivor."""
    known = accepted()
    left = [mutant for mutant in found if key(mutant) not in known]
    ends = Counter(accepted=len(found) - len(left))
    waiting = iter(left)

    async def work(room: Room) -> None:
        for mutant in waiting:
            end = await judged(mutant, room, limits)
            ends[end or "survived"] += 1
            if end is None:
                print(mutant, flush=True)

    if left:
        limits = await measured(places[0], lesson)
        async with asyncio.TaskGroup() as group:
            for room in places[: len(left)]:
                group.create_task(work(room))
    told = ", ".join(f"{many} {end}" for end, many in sorted(ends.items()) if many)
    print(f"{lesson}: {told}", flush=True)
    return ends


async def judge_all(found: dict[str, list[Mutant]], jobs: int) -> int:
    """Judge the mutants of all lessons; return how many survive."""
    ends = Counter[str]()
    with rooms(jobs) as places:
        for number, (lesson, some) in enumerate(found.items(), start=1):
            print(f"[{number}/{len(found)}] {lesson}: {len(some)} changes", flush=True)
            ends += await judge(lesson, some, places)
    survived = ends.pop("survived", 0)
    kept = ends.pop("accepted", 0)
    print(
        f"{ends.total() + survived + kept} changes: {ends.total()} noticed,"
        f" {kept} accepted, {survived} survive"
    )
    return survived


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = parser().parse_args(words)
    try:
        found = chosen(asked.lesson)
        every = [mutant for some in found.values() for mutant in some]
        known = [each for each in accepted() if not asked.lesson or each[0] in found]
        old = stale(known, every)
        for lesson, within, was, now in old:
            print(f"accepted.toml: no such change: {lesson}: {within}: {was} → {now}")
        if asked.list:
            print(*every, sep="\n")
            return 0
        survived = asyncio.run(judge_all(found, asked.jobs))
    except Problem as problem:
        print(f"python -m tests.mutate: {problem}", file=sys.stderr)
        return problem.status
    except KeyboardInterrupt:
        return 130
    return int(bool(survived or old))


if __name__ == "__main__":
    sys.exit(main())
