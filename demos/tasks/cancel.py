"""`cancel` raises CancelledError in the task, at its next turn.

    $ python cancel.py
    water: the tap is open
    main: cancel() is True
    main: cancelled() is False
    water: cancelled, closes the tap
    main: cancelled() is True

`main` waits with `asyncio.wait`, which does not raise: an `except`
around `await task` would swallow a cancellation of `main` as well.
"""

import asyncio


async def water(seconds: float) -> None:
    """Water the tulips; close the tap if cancelled."""
    print("water: the tap is open")
    try:
        await asyncio.sleep(seconds)  # CancelledError comes here
    except asyncio.CancelledError:
        print("water: cancelled, closes the tap")
        raise  # else the task would not count as cancelled


async def main(*, delay: float = 0.5) -> None:
    """Let a task start, then cancel it."""
    task = asyncio.create_task(water(60))
    await asyncio.sleep(delay)  # the task starts here
    print("main: cancel() is", task.cancel())
    print("main: cancelled() is", task.cancelled())
    await asyncio.wait([task])  # the task's next turn
    print("main: cancelled() is", task.cancelled())


if __name__ == "__main__":
    asyncio.run(main())
