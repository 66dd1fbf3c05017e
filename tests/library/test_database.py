"""Syllabus 11.4: what the lesson on a database claims."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from demos.library import database
from tests.served import ended, started, told, until

Lines = pytest.CaptureFixture[str]
BULBS = [("Alkmaar's pride", 60), ("narcissus", 40)]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


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
    first = told("library.database", "--database", str(path), "--pause", "0.02")
    assert (first.code, first.errors) == (0, "")
    assert rows(path) == BULBS
    assert told("library.database", "--database", str(path), "--pause", "0.02") == first
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
            await database.plant(db, ("crocus", 5))  # it works again

    asyncio.run(session())
    assert rows(path) == [*BULBS[:1], ("crocus", 5), *BULBS[1:]]


def test_cancelled_while_it_begins(path: Path) -> None:
    async def session() -> None:
        async with connect(path) as db:
            await database.plant(db, *BULBS)
            sale = asyncio.create_task(database.try_sale(db))
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
    asyncio.run(database.main(pause=0.05))
    assert printed(capsys)[-4:] == ["tick"] * 3 + ["the slow query has ended"]


def test_one_connection_does_one_thing_at_a_time(capsys: Lines) -> None:
    async def session() -> None:
        async with connect() as db:
            await database.plant(db, ("tulip", 1))
            slow = asyncio.create_task(database.ask_slowly(db, 0.2))
            await asyncio.sleep(0.05)
            await database.print_cheap(db, 1)
            await slow

    asyncio.run(session())
    assert printed(capsys) == ["the slow query has ended", "tulip: 1 cents"]


def test_no_thread_stays() -> None:
    before = set(threading.enumerate())
    asyncio.run(database.main(pause=0.01))
    until(lambda: set(threading.enumerate()) <= before)


# Expected errors: a line, and exit code 1


def failed(path: Path, *options: str) -> str:
    done = told("library.database", "--database", str(path), *options)
    assert (done.code, done.output) == (1, "")
    start, line = done.errors.split(f"{path}: ")
    assert start == "database: "
    return line


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert failed(tmp_path / "haarlem" / "db") == "unable to open database file\n"
    assert failed(tmp_path) == "unable to open database file\n"


def test_a_file_that_is_no_database(path: Path) -> None:
    text = "tulips are no database " * 99
    path.write_text(text)
    assert failed(path) == "file is not a database\n"
    assert path.read_text() == text


def test_a_locked_database(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert failed(path, "--timeout", "0.1") == "database is locked\n"


def test_a_table_of_the_same_name_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bulbs (watts)")
    assert "bulbs has 1 column" in failed(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_ctrl_c_within_a_query(path: Path) -> None:
    options = "--database", str(path), "--pause", "0.3"
    with started("library.database", *options) as process:
        assert process.stdout
        while process.stdout.readline() != "tick\n":
            pass
        process.send_signal(signal.SIGINT)
        done = ended(process)
    assert (done.code, done.errors) == (130, "")
    assert rows(path) == BULBS
