"""Three workers share a queue, until it is empty or shut down.

    $ python workers.py
    Anna: waters tulip
    Bert: waters iris
    Cleo: waters rose
    Anna: waters lily
    all is done: the workers are cancelled
    shutdown: new in Python 3.13

3.13 and newer:

    $ python workers.py
    Anna: waters tulip
    Bert: waters iris
    Cleo: waters rose
    Anna: waters lily
    all is done: the workers are cancelled
    Anna: waters tulip
    Bert: waters iris
    Cleo: waters rose
    Anna: waters lily
    Bert: goes home
    Cleo: goes home
    Anna: goes home

`join` waits until there was a `task_done` for each `put`: without it,
jobs under way would be cancelled too. After `shutdown`, `get` gives
what is left, then raises QueueShutDown.
"""

import asyncio
import sys


async def worker(name: str, jobs: asyncio.Queue[str]) -> None:
    """Do one job after another, until cancelled."""
    while True:
        flower = await jobs.get()  # may wait
        print(f"{name}: waters {flower}")
        await asyncio.sleep(0.1)
        jobs.task_done()


async def share(jobs: asyncio.Queue[str]) -> None:
    """Start workers, wait for all jobs, cancel the workers."""
    async with asyncio.TaskGroup() as group:
        workers = [
            group.create_task(worker(n, jobs))
            for n in ("Anna", "Bert", "Cleo")
        ]
        await jobs.join()  # until all is done
        for each in workers:
            each.cancel()


async def day_worker(name: str, jobs: asyncio.Queue[str]) -> None:
    """Do one job after another, until there will be none."""
    try:
        while True:
            flower = await jobs.get()
            print(f"{name}: waters {flower}")
            await asyncio.sleep(0.1)
    except asyncio.QueueShutDown:
        print(f"{name}: goes home")


async def share_and_shut_down(jobs: asyncio.Queue[str]) -> None:
    """Start workers, and say that no job will follow."""
    async with asyncio.TaskGroup() as group:
        for name in "Anna", "Bert", "Cleo":
            group.create_task(day_worker(name, jobs))
        jobs.shutdown()  # no put any more


def plan() -> asyncio.Queue[str]:
    """Write a list of jobs."""
    jobs = asyncio.Queue[str]()
    for flower in "tulip", "iris", "rose", "lily":
        jobs.put_nowait(flower)
    return jobs


async def main() -> None:
    """Have the same jobs done in both ways."""
    await share(plan())
    print("all is done: the workers are cancelled")
    if sys.version_info < (3, 13):
        print("shutdown: new in Python 3.13")
        return
    await share_and_shut_down(plan())


if __name__ == "__main__":
    asyncio.run(main())
