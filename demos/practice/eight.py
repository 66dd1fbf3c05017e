"""Eight ways to call: what Python says to each.

    $ python eight.py
    def        calls   def       : 42
    def        awaits  def       : SyntaxError
    def        calls   async def : RuntimeWarning
    def        awaits  async def : SyntaxError
    async def  calls   def       : 42
    async def  awaits  def       : TypeError
    async def  calls   async def : RuntimeWarning
    async def  awaits  async def : 42
    SyntaxError: 'await' outside async function
    RuntimeWarning: coroutine 'ask' was never awaited
    TypeError: object int can't be used in 'await' expression

3.14 and newer:

    $ python eight.py
    def        calls   def       : 42
    def        awaits  def       : SyntaxError
    def        calls   async def : RuntimeWarning
    def        awaits  async def : SyntaxError
    async def  calls   def       : 42
    async def  awaits  def       : TypeError
    async def  calls   async def : RuntimeWarning
    async def  awaits  async def : 42
    SyntaxError: 'await' outside async function
    RuntimeWarning: coroutine 'ask' was never awaited
    TypeError: 'int' object can't be awaited

Each is a program of four lines. Three are right; the three errors are
told where they are made. The two warnings are the trap: the program
goes on, and `ask` has not run.
"""

import asyncio
import inspect
import warnings
from typing import Any


def program(caller: str, call: str, called: str) -> str:
    """Write a program in which `main` calls `ask`."""
    return (
        f"{called} ask():\n"
        "    return 42\n"
        f"{caller} main():\n"
        f"    return {call}\n"
    )


async def run(source: str) -> str:
    """Run a program; return its answer, or Python's complaint."""
    names: dict[str, Any] = {}
    try:
        exec(source, names)
        answer = names["main"]()
        if inspect.iscoroutinefunction(names["main"]):
            answer = await answer
    except (SyntaxError, TypeError) as error:
        return f"{type(error).__name__}: {error.args[0]}"
    return str(answer)


async def ask_python(source: str) -> str:
    """Run a program; return what Python says to it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = await run(source)  # nobody else runs: no pause in it
    if not caught:
        return answer
    warning = caught[0]
    message = str(warning.message).splitlines()[0]
    return f"{warning.category.__name__}: {message}"


async def main() -> None:
    """Write and run the eight; then say why five are not right."""
    complaints: list[str] = []
    for caller in "def", "async def":
        for called in "def", "async def":
            for verb, call in (
                ("calls", "ask()"),
                ("awaits", "await ask()"),
            ):
                says = await ask_python(program(caller, call, called))
                name, _, reason = says.partition(":")
                print(f"{caller:<9}  {verb:<6}  {called:<9} : {name}")
                if reason and says not in complaints:
                    complaints.append(says)
    print(*complaints, sep="\n")


if __name__ == "__main__":
    asyncio.run(main())
