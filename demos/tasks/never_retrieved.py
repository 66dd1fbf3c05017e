"""An exception that nobody reads is told too late.

    $ python never_retrieved.py
    main: done() is True, and not a word
    main: a while later, drops the task
    loop: Task exception was never retrieved
    loop: ValueError('no water')

The loop speaks only when the task is collected: as long as anything
refers to it, the failure stays silent.
"""

import asyncio


async def fail() -> None:
    """Fail at once."""
    raise ValueError("no water")


async def forget(delay: float) -> None:
    """Keep a failed task for a while, then drop it."""
    task = asyncio.create_task(fail())
    try:
        await asyncio.sleep(delay)
        print(f"main: done() is {task.done()}, and not a word")
        await asyncio.sleep(delay)
        print("main: a while later, drops the task")
    finally:
        del task  # the last reference


def report(
    loop: asyncio.AbstractEventLoop,
    context: dict[str, object],
) -> None:
    """Print what the loop would log."""
    print("loop:", context["message"])
    print("loop:", repr(context["exception"]))


async def main(*, delay: float = 0.5) -> None:
    """Forget a task, and print what the loop says of it."""
    loop = asyncio.get_running_loop()
    previous = loop.get_exception_handler()
    loop.set_exception_handler(report)
    try:
        await forget(delay)
    finally:
        loop.set_exception_handler(previous)


if __name__ == "__main__":
    asyncio.run(main())
