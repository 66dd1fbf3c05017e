"""Print a table, write build/bench.json; a number over its limit is exit code 1."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from slides.paths import BUILD
from tests.bench.demos import fetch
from tests.bench.stage import stage
from tests.bench.timeline import timelines


def main() -> int:
    """Measure everything; return 1 if a number is over its limit."""
    console = Console(soft_wrap=True)
    numbers = [*timelines(console), *fetch(), *stage(console)]
    table = Table("what", "measured", "limit", "beside")
    for number in numbers:
        table.add_row(
            number.name,
            f"{number.value:.2f} {number.unit}",
            f"{number.limit:g} {number.unit}",
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
