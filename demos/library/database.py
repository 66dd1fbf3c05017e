# /// script
# requires-python = ">=3.11"
# dependencies = ["aiosqlite>=0.20"]
# ///
"""A database works in a thread of its own: the loop stays free.

    $ python database.py
    narcissus: 40 cents
    narcissus: 20 cents
    Alkmaar's pride: 30 cents
    no sale: the florist objects
    narcissus: 40 cents
    tick
    tick
    tick
    the slow query has ended

A value goes beside the query, as a `?`, never into its text: a quote
harms nobody. One connection does one thing at a time, and tasks that
share one share its transaction: better a connection each.
"""

import argparse
import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosqlite import Connection, connect


@asynccontextmanager
async def transaction(db: Connection) -> AsyncIterator[None]:
    """Keep all that is done inside, or nothing of it."""
    try:
        await db.execute("BEGIN")
        yield
        await db.commit()
    except BaseException:  # a cancellation too
        await db.rollback()
        raise


async def plant(db: Connection, *bulbs: tuple[str, int]) -> None:
    """Make the table and fill it: both, or neither."""
    table = "CREATE TABLE IF NOT EXISTS bulbs (name UNIQUE, cents)"
    fill = "INSERT OR REPLACE INTO bulbs VALUES (?, ?)"
    async with transaction(db):
        await db.execute(table)
        await db.executemany(fill, bulbs)


async def print_cheap(db: Connection, most: int) -> None:
    """Print the bulbs that cost so much at most, as they come."""
    query = "SELECT * FROM bulbs WHERE cents <= ? ORDER BY cents"
    async with db.execute(query, (most,)) as rows:
        async for name, cents in rows:
            print(f"{name}: {cents} cents")


async def try_sale(db: Connection) -> None:
    """Halve the prices, and fail: nobody else has seen it."""
    try:
        async with transaction(db):
            await db.execute("UPDATE bulbs SET cents = cents / 2")
            await print_cheap(db, 50)
            raise ValueError("the florist objects")
    except ValueError as error:
        print("no sale:", error)


async def ask_slowly(db: Connection, seconds: float) -> None:
    """Ask what takes long to answer."""
    await db.create_function("rest", 1, time.sleep)
    await db.execute_fetchall("SELECT rest(?)", (seconds,))
    print("the slow query has ended")


async def tick(pause: float) -> None:
    """Tick three times: nobody blocks the loop."""
    for _ in range(3):
        await asyncio.sleep(pause)
        print("tick")


async def main(
    *,
    database: str = ":memory:",
    pause: float = 0.1,
    timeout: float = 5,
) -> None:
    """Plant, look, fail a sale, look again; tick beside a query."""
    # Where a file cannot be opened, aiosqlite's thread fails late.
    await asyncio.to_thread(lambda: sqlite3.connect(database).close())
    shop = connect(database, isolation_level=None, timeout=timeout)
    async with shop as db:
        await plant(db, ("narcissus", 40), ("Alkmaar's pride", 60))
        await print_cheap(db, 50)
        await try_sale(db)
        await print_cheap(db, 50)
        await asyncio.gather(ask_slowly(db, 6 * pause), tick(pause))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", default=":memory:")
    parser.add_argument("--pause", type=float, default=0.1)
    parser.add_argument("--timeout", type=float, default=5)
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except sqlite3.Error as error:
        sys.exit(f"database: {options.database}: {error}")
