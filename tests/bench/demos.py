"""How much sooner the demos' pages come together."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator

from demos.first_steps.fetch import fetch_in_turn, fetch_together, serve
from tests.bench import Number

LATENCIES = (0.1, 0.2, 0.3, 0.4)

TIMES = 10
"""Runs for a median."""


def fetch() -> Iterator[Number]:
    """Time the demo's two clients on its own server."""

    async def measure() -> tuple[list[float], float]:
        async with serve() as port:
            urls = [f"http://127.0.0.1:{port}/{page}" for page in LATENCIES]
            start = time.perf_counter()
            await asyncio.to_thread(fetch_in_turn, urls)
            slow = time.perf_counter() - start
            fast = []
            for _ in range(TIMES):
                start = time.perf_counter()
                await fetch_together(urls)
                fast.append(time.perf_counter() - start)
            return fast, slow

    fast, slow = asyncio.run(measure())
    yield Number(
        "fetch, together",
        statistics.median(fast) / max(LATENCIES),
        "× slowest URL",
        1.15,
        f"in turn: {slow / max(LATENCIES):.2f} ×, the sum being"
        f" {sum(LATENCIES) / max(LATENCIES):.2f} ×",
    )
