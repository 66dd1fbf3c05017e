"""What a task sets in a ContextVar, it alone sees, and its children.

    $ python context_vars.py
    Anna: I am Anna
    Bert: I am Bert
    Anna's task: I am Anna
    Anna's to_thread: I am Anna
    Anna's executor: I am nobody
    main: I am nobody

A task gets a copy of the context when it is created; `to_thread` takes
one to its thread, `run_in_executor` does not. A plain `await` makes no
copy: what it runs shares the context. The variable itself is made once,
at the top of a module.
"""

import asyncio
from contextvars import ContextVar

gardener = ContextVar("gardener", default="nobody")


def who() -> str:
    """Say who is at work, without having been told."""
    return f"I am {gardener.get()}"


async def work(name: str) -> None:
    """Set the name, for this task only."""
    gardener.set(name)
    await asyncio.sleep(0.1)  # others set it
    print(f"{name}:", who())


async def say_who() -> None:
    """Say who is at work, in a task of its own."""
    print("Anna's task:", who())


async def send_others() -> None:
    """Set the name, then start a task and two threads."""
    gardener.set("Anna")
    await asyncio.create_task(say_who())
    said = await asyncio.to_thread(who)
    print("Anna's to_thread:", said)
    loop = asyncio.get_running_loop()
    said = await loop.run_in_executor(None, who)
    print("Anna's executor:", said)


async def main() -> None:
    """Set a name in three tasks; read it in a fourth, this one."""
    await asyncio.gather(work("Anna"), work("Bert"))
    await asyncio.create_task(send_others())
    print("main:", who())


if __name__ == "__main__":
    asyncio.run(main())
