"""The engine does what asyncio does, in the same order: thousands of random programs.

Differences would be explained here; today there is none, with `gather` or without.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.programs import (
    Program,
    any_program,
    leaves,
    on_asyncio,
    on_engine,
    programs,
)

EXAMPLES = settings(
    max_examples=1000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


@EXAMPLES
@given(programs(gathers=False))
def test_what_hypothesis_writes(program: Program) -> None:
    assert on_engine(program) == on_asyncio(program)


@EXAMPLES
@given(programs(gathers=True))
def test_what_hypothesis_writes_with_gather(program: Program) -> None:
    assert on_engine(program) == on_asyncio(program)


@pytest.mark.parametrize(
    ("gathers", "equal"), [(False, 1.0), (True, 0.99)], ids=["alone", "gather"]
)
def test_thousands_by_chance(gathers: bool, equal: float) -> None:
    many = [any_program(random.Random(seed), gathers) for seed in range(3000)]
    same = [on_engine(program) == on_asyncio(program) for program in many]
    assert sum(same) >= equal * len(many)


def test_the_programs_are_worth_it() -> None:
    """Each operation occurs, each kind of end, and logs are long."""
    seen: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    lines = 0
    for seed in range(300):
        log = on_engine(any_program(random.Random(seed), gathers=True))
        lines += len(log)
        for _, who, *rest in log:
            if who == "task":
                ends[rest[1].split()[0]] += 1
            elif isinstance(who, int) and rest[-1] != "…":
                seen[rest[-2]] += 1
    names = {name for name, *_ in leaves(lambda n: n)} - {"raise"}
    assert min(seen[name] for name in names | {"catch", "spawn", "gather"}) > 20
    assert ends["cancelled"] > 100
    assert ends["error"] > 100
    assert lines > 300 * 30
