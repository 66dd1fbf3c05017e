"""Three factorials advance together, a product at a time.

    $ python factorials.py
    A: 2! = 2
    B: 2! = 2
    C: 2! = 2
    B: 3! = 6
    C: 3! = 6
    C: 4! = 24
    [2, 6, 24]

Six pauses, in the time of three: they overlap. The products do not:
there is one thread, so computing is no faster.
"""

import asyncio


async def factorial(name: str, number: int, delay: float) -> int:
    """Multiply, with a pause before each product."""
    product = 1
    for factor in range(2, number + 1):
        await asyncio.sleep(delay)  # the others advance
        product *= factor
        print(f"{name}: {factor}! = {product}")
    return product


async def main(*, delay: float = 0.5) -> None:
    """Compute 2!, 3! and 4! at once."""
    products = await asyncio.gather(
        factorial("A", 2, delay),
        factorial("B", 3, delay),
        factorial("C", 4, delay),
    )
    print(products)


if __name__ == "__main__":
    asyncio.run(main())
