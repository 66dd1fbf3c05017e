# /// script
# requires-python = ">=3.11"
# dependencies = ["aiosqlite>=0.20"]
# ///
"""A transaction is an `async with`: all that is inside, or nothing.

    $ python database.py
    narcissus: 40 cents
    narcissus: 20 cents
    Alkmaar's pride: 30 cents
    no sale: the florist objects
    narcissus: 40 cents

A value goes beside the query, as a `?`, never into its text: a quote
harms nobody. Tasks that share a connection share its transaction:
better a connection each.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosqlite
from aiosqlite import Connection


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
    async with transaction(db):
        await db.execute("CREATE TABLE bulbs (name UNIQUE, cents)")
        fill = "INSERT INTO bulbs VALUES (?, ?)"
        await db.executemany(fill, bulbs)


async def print_cheap(db: Connection, most: int) -> None:
    """Print the bulbs that cost so much at most, as they come."""
    query = "SELECT * FROM bulbs WHERE cents <= ? ORDER BY cents"
    async with db.execute(query, (most,)) as rows:
        async for name, cents in rows:
            print(f"{name}: {cents} cents")


async def fail_to_sell(db: Connection) -> None:
    """Halve the prices, then fail: they are what they were."""
    try:
        async with transaction(db):
            await db.execute("UPDATE bulbs SET cents = cents / 2")
            await print_cheap(db, 50)
            raise ValueError("the florist objects")
    except ValueError as error:
        print("no sale:", error)


async def main() -> None:
    """Plant, look, fail to sell, and look again."""
    # With no level, no transaction begins by itself.
    shop = aiosqlite.connect(":memory:", isolation_level=None)
    async with shop as db:
        await plant(db, ("narcissus", 40), ("Alkmaar's pride", 60))
        await print_cheap(db, 50)
        await fail_to_sell(db)
        await print_cheap(db, 50)


if __name__ == "__main__":
    asyncio.run(main())
