"""A child process runs beside the loop, which stays free.

    $ python child.py
    tick
    tick
    tick
    exit code: 1
    output: tulip; echo oops
    errors: no narcissus left
    ./narcissus: no such program

The words go to the program as a list: no shell reads them, so the one
with `; echo` stays one word. Cancelled, `communicate` only stops
waiting: who started the child kills it. In a session of its own, the
child hears no Ctrl-C: that is for us, and `finally` passes it on.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process


async def finished(*words: str) -> tuple[int | None, str, str]:
    """Run a program; give its exit code, its output, its errors."""
    child = await launch(*words)
    try:
        output, errors = await child.communicate()  # others advance
    finally:
        if child.returncode is None:  # cancelled
            child.kill()
            await child.communicate()
    return child.returncode, output.decode(), errors.decode()


async def launch(*words: str) -> Process:
    """Start a program that hears no Ctrl-C, and writes into pipes."""
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    return child


async def tick(pause: float) -> None:
    """Tick three times: nobody blocks the loop."""
    for _ in range(3):
        await asyncio.sleep(pause)
        print("tick")


def florist(word: str, seconds: float) -> list[str]:
    """Give the command of a child that works, repeats a word, fails."""
    code = (
        "import sys, time; time.sleep(float(sys.argv[2]));"
        "print(sys.argv[1]); sys.exit('no narcissus left')"
    )
    return [sys.executable, "-c", code, word, str(seconds)]


async def main(*, pause: float = 0.1) -> None:
    """Tick while a child runs; then ask for a program that is not."""
    words = florist("tulip; echo oops", 6 * pause)
    async with asyncio.TaskGroup() as group:
        child = group.create_task(finished(*words))
        group.create_task(tick(pause))
    code, output, errors = child.result()
    print("exit code:", code)
    print("output:", output.strip())
    print("errors:", errors.strip())
    try:
        await finished("./narcissus", "--yellow")
    except FileNotFoundError:
        print("./narcissus: no such program")


if __name__ == "__main__":
    asyncio.run(main())
