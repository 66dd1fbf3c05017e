"""A coroutine awaits a Future; someone else completes it.

    $ python future.py
    worker: waits
    payer: result() is 1000
    worker: gets 1000
    worker: waits
    payer: exception() is RuntimeError('bankrupt')
    worker: catches RuntimeError('bankrupt')

`set_result` only marks the worker as ready: it goes on once the
payer has handed the thread back to the loop.
"""

import asyncio


async def work(salary: asyncio.Future[int]) -> None:
    """Wait for what someone else will pay."""
    print("worker: waits")
    try:
        print("worker: gets", await salary)
    except RuntimeError as error:
        print("worker: catches", repr(error))


async def pay(salary: asyncio.Future[int], delay: float) -> None:
    """Complete the future with a result."""
    await asyncio.sleep(delay)
    salary.set_result(1000)
    print("payer: result() is", salary.result())


async def refuse(salary: asyncio.Future[int], delay: float) -> None:
    """Complete the future with an exception."""
    await asyncio.sleep(delay)
    salary.set_exception(RuntimeError("bankrupt"))
    print("payer: exception() is", repr(salary.exception()))


async def main(*, delay: float = 0.5) -> None:
    """Work for a payer who pays, then for one who does not."""
    loop = asyncio.get_running_loop()
    for payer in pay, refuse:
        salary = loop.create_future()
        await asyncio.gather(work(salary), payer(salary, delay))


if __name__ == "__main__":
    asyncio.run(main())
