"""A file on a disk is never "ready": the loop refuses to wait for it.

    $ python file_ready.py
    the loop refuses: ValueError
      Pipe transport is for pipes/sockets only.
    a thread reads it: tulips are in the shed

The system can say that bytes have come to a socket, a pipe, a terminal.
Of a file it says at once that it is ready, even while the disk turns:
to read it always blocks, a little, so a thread does.
"""

import asyncio
import tempfile
from pathlib import Path


def store(folder: str) -> Path:
    """Put something to read in a folder."""
    path = Path(folder, "tulips")
    path.write_text("tulips are in the shed")
    return path


async def wait_for(path: Path) -> None:
    """Ask the loop to watch a file, as it would watch a pipe."""
    loop = asyncio.get_running_loop()
    with path.open() as file:
        await loop.connect_read_pipe(asyncio.Protocol, file)


async def main() -> None:
    """Wait for a file, which cannot be; then have a thread read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = store(folder)
        try:
            await wait_for(path)
        except ValueError as error:
            print("the loop refuses: ValueError")
            print(" ", error)
        text = await asyncio.to_thread(path.read_text)
        print("a thread reads it:", text)


if __name__ == "__main__":
    asyncio.run(main())
