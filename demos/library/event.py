"""An event happens once, for all who wait and all who come later.

    $ python event.py
    tulip: closed
    crocus: closed
    sun: rises
    tulip: open
    crocus: open
    daisy: closed
    daisy: open

The daisy comes when the sun is up: `wait` returns at once. `clear`
makes an event that has not happened of it again.
"""

import asyncio


async def sleepy(name: str, sunrise: asyncio.Event) -> None:
    """Stay closed until the sun is up."""
    print(f"{name}: closed")
    await sunrise.wait()
    print(f"{name}: open")


async def sun(sunrise: asyncio.Event) -> None:
    """Rise a little later."""
    await asyncio.sleep(0.2)
    print("sun: rises")
    sunrise.set()  # wakes all who wait


async def main() -> None:
    """Have two flowers wait for the sun; a third one comes later."""
    sunrise = asyncio.Event()
    await asyncio.gather(
        sleepy("tulip", sunrise),
        sleepy("crocus", sunrise),
        sun(sunrise),
    )
    await sleepy("daisy", sunrise)


if __name__ == "__main__":
    asyncio.run(main())
