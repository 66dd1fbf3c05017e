"""A Future is an empty box: handed out now, filled later.

    $ python empty_box.py
    handed out: done() is False
    on pay day: 1000
    both are full, nobody has looked
    1000
    bankrupt

That is what an advance on salary is: a box that someone else will
fill, with a result or with an exception. A done callback looks into
it in the loop's next turn.
"""

import asyncio


def advance(delay: float) -> asyncio.Future[int]:
    """Hand out a box that the loop fills on pay day."""
    loop = asyncio.get_running_loop()
    box = loop.create_future()  # empty
    loop.call_later(delay, box.set_result, 1000)  # filled later
    return box  # handed out now


def look(box: asyncio.Future[int]) -> None:
    """Say what is in a box, once it is full."""
    print(box.exception() or box.result())


async def fill() -> None:
    """Fill one box with a result, another with an exception."""
    loop = asyncio.get_running_loop()
    paid, refused = loop.create_future(), loop.create_future()
    paid.add_done_callback(look)
    refused.add_done_callback(look)
    paid.set_result(1000)
    refused.set_exception(RuntimeError("bankrupt"))
    print("both are full, nobody has looked")
    await asyncio.sleep(0)  # the callbacks run here


async def main(*, delay: float = 0.5) -> None:
    """Wait for an advance to be paid; then look into two boxes."""
    salary = advance(delay)
    print("handed out: done() is", salary.done())
    print("on pay day:", await salary)
    await fill()


if __name__ == "__main__":
    asyncio.run(main())
