"""`await`, `async for`, `async with` stand in `async def` only.

    $ python await_outside.py
    await rain()             'await' outside function
    def dig(): await rain()  'await' outside async function
    lambda: await rain()     'await' outside async function
    async for x in rain: ... 'async for' outside async function
    async with tap: ...      'async with' outside async function
    [await x for x in rain]  asynchronous comprehension outside
                             of an asynchronous function
    in async def, refused all the same:
    def dig(): await rain()
    lambda: await rain()

All are SyntaxErrors: nothing of the file runs. A `def` or a `lambda` is
a function of its own, wherever it stands. A notebook's cells may await:
they are compiled with `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`.
"""

import asyncio
import textwrap


def complaint(source: str) -> str:
    """Return what Python says of a source; nothing if it compiles."""
    try:
        compile(source, "garden.py", "exec")
    except SyntaxError as error:
        return error.msg
    return ""


def in_async_def(source: str) -> str:
    """Put a source where it may await."""
    return f"async def dig():\n    {source}"


def sources() -> list[str]:
    """Write what awaits, in a line each."""
    return [
        "await rain()",
        "def dig(): await rain()",
        "lambda: await rain()",
        "async for x in rain: ...",
        "async with tap: ...",
        "[await x for x in rain]",
    ]


async def main() -> None:
    """Compile each outside `async def`, then inside."""
    for source in sources():
        line = f"{source:25}{complaint(source)}"
        print(textwrap.fill(line, 60, subsequent_indent=" " * 25))
    print("in async def, refused all the same:")
    for source in sources():
        if complaint(in_async_def(source)):
            print(source)


if __name__ == "__main__":
    asyncio.run(main())
