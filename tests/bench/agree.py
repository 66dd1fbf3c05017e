"""Record one run twice at once, by viztracer and by us, and compare.

    python agree.py

prints, as JSON, the largest difference of a start or of a length in
microseconds, and how many runs were compared.
"""

import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

from viztracer import VizTracer

from media.recorder import Recorder

TASKS, RUNS, SPIN = 5, 20, 0.0005


async def work() -> None:
    """Keep the thread for a while, again and again."""
    for _ in range(RUNS):
        until = perf_counter() + SPIN
        while perf_counter() < until:
            pass
        await asyncio.sleep(0.001)


async def main() -> tuple[float, int]:
    """Return the largest difference, in microseconds, and the number of runs."""
    tracer = VizTracer(verbose=0)
    with Recorder(asyncio.get_running_loop()) as recorder:
        tracer.start()
        await asyncio.gather(*(work() for _ in range(TASKS)))
        tracer.stop()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        tracer.save(str(path))
        events = json.loads(path.read_text())["traceEvents"]
    theirs = sorted(
        (event["ts"], event["dur"])
        for event in events
        if event["ph"] == "X" and event["name"].split()[0].endswith("work")
    )
    ours = sorted(
        (start * 1e6, (end - start) * 1e6)
        for life in recorder.trace.lives
        for start, end, _ in life
    )
    assert len(ours) == len(theirs) == TASKS * (RUNS + 1), (len(ours), len(theirs))
    pairs = list(zip(ours, theirs, strict=True))
    shift = statistics.median(our[0] - their[0] for our, their in pairs)
    starts = (abs(our[0] - their[0] - shift) for our, their in pairs)
    lengths = (abs(our[1] - their[1]) for our, their in pairs)
    return max(*starts, *lengths), len(pairs)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))
