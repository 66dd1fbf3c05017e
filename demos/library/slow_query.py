# /// script
# requires-python = ">=3.11"
# dependencies = ["aiosqlite>=0.20"]
# ///
"""A database works in a thread of its own: the loop stays free.

    $ python slow_query.py
    tick
    tick
    tick
    the slow query has ended
    the quick query has ended

SQLite blocks; aiosqlite gives each connection a thread, which does one
thing at a time: the quick query waits for the slow one, asked before.
"""

import asyncio
import time

import aiosqlite


async def ask(db: aiosqlite.Connection, how: str, query: str) -> None:
    """Ask, and say when the answer has come."""
    await db.execute_fetchall(query)
    print(f"the {how} query has ended")


async def tick(pause: float) -> None:
    """Tick three times, if nobody blocks the loop."""
    for _ in range(3):
        await asyncio.sleep(pause)
        print("tick")


async def main(*, pause: float = 0.1) -> None:
    """Ask two queries of one connection, and tick meanwhile."""
    async with aiosqlite.connect(":memory:") as db:
        await db.create_function("nap", 1, time.sleep)  # it blocks
        await asyncio.gather(
            ask(db, "slow", f"SELECT nap({6 * pause})"),
            ask(db, "quick", "SELECT 1"),
            tick(pause),
        )


if __name__ == "__main__":
    asyncio.run(main())
