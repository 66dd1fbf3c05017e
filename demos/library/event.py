"""An event happens once, for all who wait and all who come later.

    $ python event.py
    a bell:
    tulip: closed
    sun: rises
    tulip: open
    daisy: closed
    daisy: stays closed
    an event:
    tulip: closed
    sun: rises
    tulip: open
    daisy: closed
    daisy: open

The bell, set and cleared at once, rings for those who listen now; the
daisy comes a moment later, and waits in vain. An event remembers:
`wait` returns at once. `clear` makes it wait again.
"""

import asyncio


class Bell(asyncio.Event):
    """A signal that nobody remembers."""

    def set(self) -> None:
        """Wake all who wait now."""
        super().set()
        self.clear()


async def open_up(name: str, sunrise: asyncio.Event) -> None:
    """Stay closed until the sun is up."""
    print(f"{name}: closed")
    await sunrise.wait()
    print(f"{name}: open")


async def morning(sunrise: asyncio.Event, pause: float) -> None:
    """Let the sun rise between two flowers."""
    tulip = asyncio.create_task(open_up("tulip", sunrise))
    await asyncio.sleep(pause)
    print("sun: rises")
    sunrise.set()  # wakes all who wait
    await tulip
    try:
        async with asyncio.timeout(pause):
            await open_up("daisy", sunrise)
    except TimeoutError:
        print("daisy: stays closed")


async def main(*, pause: float = 0.2) -> None:
    """Announce the sun with a bell, then with an event."""
    print("a bell:")
    await morning(Bell(), pause)
    print("an event:")
    await morning(asyncio.Event(), pause)


if __name__ == "__main__":
    asyncio.run(main())
