"""Print a table, write build/bench.json; a number beyond its limit is exit code 1."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from slides.paths import BUILD
from tests.bench import Number
from tests.bench.demos import fetch
from tests.bench.echo import echo
from tests.bench.engine import engine
from tests.bench.loops import loops
from tests.bench.pubsub import crowd, pubsub
from tests.bench.sheet import sheet
from tests.bench.stage import stage
from tests.bench.timeline import timelines

GROUPS: dict[str, Callable[[Console], Iterator[Number]]] = {
    "timeline": timelines,
    "demos": lambda console: fetch(),
    "echo": echo,
    "engine": engine,
    "loops": loops,
    "pubsub": pubsub,
    "sheet": sheet,
    "stage": stage,
}

ASKED: dict[str, Callable[[Console], Iterator[Number]]] = {"crowd": crowd}
"""Only when named: it takes a minute or more, and most of the machine's descriptors."""

ALL = GROUPS | ASKED


def chosen() -> list[str]:
    """Return the groups that the command line names: without any, all."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure what the kit promises, beside its peers.",
        epilog="example: python -m tests.bench pubsub",
    )
    parser.add_argument(
        "groups",
        nargs="*",
        choices=list(ALL),
        help="what to measure (default: all but crowd)",
    )
    return parser.parse_args().groups or list(GROUPS)


def main() -> int:
    """Measure what is asked for; return 1 if a number is beyond its limit."""
    groups = chosen()
    console = Console(soft_wrap=True)
    numbers = [number for group in groups for number in ALL[group](console)]
    table = Table("what", "measured", "limit", "beside")
    for number in numbers:
        table.add_row(
            number.name,
            f"{number.value:.2f} {number.unit}",
            number.bound,
            number.beside,
            style="" if number.ok else "bold red",
        )
    console.print(table)
    BUILD.mkdir(exist_ok=True)
    report = [{**asdict(number), "ok": number.ok} for number in numbers]
    (BUILD / "bench.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0 if all(number.ok for number in numbers) else 1


if __name__ == "__main__":
    sys.exit(main())
