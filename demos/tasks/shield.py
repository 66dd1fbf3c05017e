"""`shield` keeps a task running though its waiter is cancelled.

    $ python shield.py
    save: begins
    client: cancelled, leaves
    main: save.done() is False
    save: ends
    main: save.result() is 'saved'

Keep a reference to the task yourself: the loop's own is a weak one.
"""

import asyncio


async def save(delay: float) -> str:
    """Do what must not stop midway."""
    print("save: begins")
    await asyncio.sleep(delay)
    print("save: ends")
    return "saved"


async def client(saving: asyncio.Task[str]) -> None:
    """Wait behind a shield."""
    try:
        await asyncio.shield(saving)
    except asyncio.CancelledError:
        print("client: cancelled, leaves")
        raise


async def main(*, delay: float = 0.5) -> None:
    """Cancel the client, not what it waits for."""
    saving = asyncio.create_task(save(delay))
    waiting = asyncio.create_task(client(saving))
    await asyncio.sleep(0)  # a turn of the loop: both start
    waiting.cancel()
    await asyncio.wait([waiting])
    print("main: save.done() is", saving.done())
    await asyncio.wait([saving])
    print("main: save.result() is", repr(saving.result()))


if __name__ == "__main__":
    asyncio.run(main())
