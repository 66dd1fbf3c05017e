"""A task keeps how it ended: its result, or its exception.

    $ python lives.py
    returns: done() is False
    catches: done() is False
    fails: done() is False
    returns: result() is 'in flower'
    catches: result() is 'caught no water'
    fails: exception() is ValueError('no water')
    fails: result() raises it again

An exception that the coroutine catches is its own affair: its task
knows nothing of it.
"""

import asyncio


async def returns(delay: float) -> str:
    """End well."""
    await asyncio.sleep(delay)
    return "in flower"


async def fails(delay: float) -> str:
    """End with an exception."""
    await asyncio.sleep(delay)
    raise ValueError("no water")


async def catches(delay: float) -> str:
    """Meet an exception, and end well all the same."""
    try:
        return await fails(delay)
    except ValueError as error:
        return f"caught {error}"


def show(task: asyncio.Task[str]) -> None:
    """Read what a task keeps."""
    name = task.get_name()
    if not task.done():
        print(f"{name}: done() is False")
    elif task.exception() is None:
        print(f"{name}: result() is {task.result()!r}")
    else:
        print(f"{name}: exception() is {task.exception()!r}")


async def main(*, delay: float = 0.5) -> None:
    """Start the three, show them before and after."""
    tasks = []
    for life in returns, catches, fails:
        name = life.__name__
        tasks.append(asyncio.create_task(life(delay), name=name))
    for task in tasks:
        show(task)
    await asyncio.wait(tasks)  # raises nothing, whatever they do
    for task in tasks:
        show(task)
    try:
        tasks[-1].result()
    except ValueError:
        print("fails: result() raises it again")


if __name__ == "__main__":
    asyncio.run(main())
