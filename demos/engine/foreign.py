"""What the loop does not know, it does not park: it says so.

    $ python -m demos.engine.foreign
    gardener: waits for a parcel
    TypeError: a parcel belongs to another loop
    gardener: goes on

Each library has its own words for what a coroutine yields. To park who
says a strange one would be to wait for ever: nobody would wake it. The
error is raised where one awaits, and may be caught there. asyncio has
the same, "Task got bad yield".
"""

from collections.abc import Generator

from demos.engine.engine import Loop


class Parcel:
    """An awaitable of some other library: it yields itself."""

    def __await__(self) -> Generator["Parcel", None, None]:
        yield self

    def __repr__(self) -> str:
        return "a parcel"


async def gardener() -> None:
    """Wait for what nobody here can bring."""
    print("gardener: waits for a parcel")
    try:
        await Parcel()
    except TypeError as error:
        print("TypeError:", error)
    print("gardener: goes on")


def main() -> None:
    """Run the gardener on the engine."""
    Loop().run(gardener())


if __name__ == "__main__":
    main()
