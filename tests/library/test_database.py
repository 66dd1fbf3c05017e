"""Syllabus 11.4: what the lessons on a database claim."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from demos.library import database, slow_query
from tests.served import until

Lines = pytest.CaptureFixture[str]
BULBS = [("Alkmaar's pride", 60), ("narcissus", 40)]


def rows(path: Path) -> list[tuple[str, int]]:
    """Ask SQLite itself."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM bulbs ORDER BY name").fetchall()


def connect(path: Path | str = ":memory:") -> aiosqlite.Connection:
    return aiosqlite.connect(path, isolation_level=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bulbs.db"


def test_a_failed_sale_leaves_the_file_as_it_was(path: Path) -> None:
    async def session() -> None:
        async with connect(path) as db:
            await database.plant(db, *BULBS)
            await database.fail_to_sell(db)

    asyncio.run(session())
    assert rows(path) == BULBS
    assert [each.name for each in path.parent.iterdir()] == [path.name]  # no journal


@pytest.mark.parametrize(
    "name",
    ["l'Aalsmeer", "'); DROP TABLE bulbs; --", '"', "?", "%s", "tülp 🌷", "a\0b"],
)
def test_a_quote_harms_nobody(path: Path, name: str, capsys: Lines) -> None:
    async def session() -> None:
        async with connect(path) as db:
            await database.plant(db, (name, 1))
            await database.print_cheap(db, 1)

    asyncio.run(session())
    assert rows(path) == [(name, 1)]
    assert capsys.readouterr().out == f"{name}: 1 cents\n"


def test_both_or_neither(path: Path) -> None:
    """The table is not made when a bulb cannot be planted."""

    async def session() -> None:
        async with connect(path) as db:
            with pytest.raises(sqlite3.Error):
                await database.plant(db, ("tulip", 1), ("crocus", object()))  # type: ignore[arg-type]
            assert not db.in_transaction

    asyncio.run(session())
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        rows(path)


@pytest.mark.parametrize("how", ["error", "cancel", "timeout"])
def test_whatever_ends_it_a_transaction_is_rolled_back(path: Path, how: str) -> None:
    begun = asyncio.Event()

    async def spoil(db: aiosqlite.Connection) -> None:
        async with database.transaction(db):
            await db.execute("DELETE FROM bulbs")
            begun.set()
            if how == "error":
                raise LookupError
            await asyncio.sleep(60)

    async def session() -> None:
        async with connect(path) as db:
            await database.plant(db, *BULBS)
            task = asyncio.create_task(
                asyncio.wait_for(spoil(db), 0.1 if how == "timeout" else 60)
            )
            await begun.wait()
            if how == "cancel":
                task.cancel()
            await asyncio.wait([task])
            assert task.cancelled() or task.exception()
            assert not db.in_transaction
            async with database.transaction(db):  # it works again
                await db.execute("INSERT INTO bulbs VALUES ('crocus', 5)")

    asyncio.run(session())
    assert rows(path) == [*BULBS[:1], ("crocus", 5), *BULBS[1:]]


def test_cancelled_while_it_begins(path: Path) -> None:
    async def session() -> None:
        async with connect(path) as db:
            await database.plant(db, *BULBS)
            sale = asyncio.create_task(database.fail_to_sell(db))
            await asyncio.sleep(0)  # BEGIN is on its way
            sale.cancel()
            await asyncio.wait([sale])
            assert sale.cancelled()
            assert not db.in_transaction

    asyncio.run(session())
    assert rows(path) == BULBS


def test_nobody_else_sees_a_transaction_before_its_end(path: Path) -> None:
    async def session() -> None:
        async with connect(path) as db:
            await database.plant(db, *BULBS)
            async with database.transaction(db):
                await db.execute("UPDATE bulbs SET cents = 0")
                assert rows(path) == BULBS
            assert rows(path) == [(name, 0) for name, _ in BULBS]

    asyncio.run(session())


def test_two_tasks_share_one_connections_transaction() -> None:
    """What the remark warns of: each undoes, or spoils, what the other does."""

    async def session() -> None:
        async with connect() as db, database.transaction(db):
            with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
                await database.plant(db, ("tulip", 1))

    asyncio.run(session())


def test_the_loop_ticks_while_a_query_runs(capsys: Lines) -> None:
    asyncio.run(slow_query.main(pause=0.05))
    assert capsys.readouterr().out.splitlines() == [
        "tick",
        "tick",
        "tick",
        "the slow query has ended",
        "the quick query has ended",
    ]


def test_one_connection_does_one_thing_at_a_time_two_do_two(capsys: Lines) -> None:
    async def session() -> None:
        async with connect() as db, connect() as other:
            await db.create_function("nap", 1, time.sleep)
            await asyncio.gather(
                slow_query.ask(db, "slow", "SELECT nap(0.3)"),
                slow_query.ask(db, "quick", "SELECT 1"),
                slow_query.ask(other, "other", "SELECT 1"),
            )

    asyncio.run(session())
    who = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert who == ["other", "slow", "quick"]


def test_no_thread_stays() -> None:
    before = set(threading.enumerate())
    asyncio.run(slow_query.main(pause=0.01))
    until(lambda: set(threading.enumerate()) <= before)
