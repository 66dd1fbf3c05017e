"""Run in a Python of its own: switch tasks many times, recorded by one means.

    python switches.py MEANS [TASKS SWITCHES]

prints, as JSON, CPU seconds and bytes a recorded run (0 where nothing is).
"""

import asyncio
import json
import sys
import time

NOTHING = "nothing"


async def switch(times: int) -> None:
    """Hand the thread over, again and again."""
    for _ in range(times):
        await asyncio.sleep(0)


async def main(tasks: int, times: int) -> None:
    """Start tasks that switch."""
    async with asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(switch(times))


async def measure(means: str, tasks: int, times: int) -> tuple[float, float]:
    """Return CPU seconds of the run, and bytes a recorded run."""
    start = time.process_time()
    if means == NOTHING:
        await main(tasks, times)
        return time.process_time() - start, 0
    if means == "tulipes":
        from media.recorder import Recorder

        start = time.process_time()
        with Recorder(asyncio.get_running_loop()) as recorder:
            await asyncio.get_running_loop().create_task(main(tasks, times))
        seconds = time.process_time() - start
        size, runs = sys.getsizeof(recorder.runs), len(recorder.runs) // 3
        assert runs > tasks * times
        return seconds, size / runs
    if means == "tulipes, ended":
        from media.recorder import Recorder

        with Recorder(asyncio.get_running_loop()):
            await asyncio.sleep(0)
        start = time.process_time()
        await main(tasks, times)
        return time.process_time() - start, 0
    if means == "viztracer":
        from viztracer import VizTracer

        tracer = VizTracer(log_async=True, verbose=0)
        start = time.process_time()
        tracer.start()
        await main(tasks, times)
        tracer.stop()
        return time.process_time() - start, 0
    from wigglystuff import AsyncFlow

    start = time.process_time()
    await AsyncFlow().run(main(tasks, times))
    return time.process_time() - start, 0


if __name__ == "__main__":
    means, tasks, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(asyncio.run(measure(means, tasks, times))))
