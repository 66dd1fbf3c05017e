"""What deck 4 says of Python's releases: each Python of this machine is asked."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.pythons import Python, elders, pythons

ASK = """\
import json, sys

def said(source):
    try:
        compile(source, "garden.py", "exec")
    except SyntaxError as error:
        return error.msg
    return "compiles"

print(json.dumps([said(source) for source in json.load(sys.stdin)]))
"""

NESTED = "asynchronous comprehension outside of an asynchronous function"

SAID = {
    "await rain()": {(3, 6): "invalid syntax", (3, 7): "'await' outside function"},
    "def dig(): await rain()": {
        (3, 6): "invalid syntax",
        (3, 7): "'await' outside async function",
    },
    "async def dig(): yield from [1]": {
        (3, 6): "'yield from' inside async function",
    },
    "async def dig(): return [[x async for x in bed] for bed in beds]": {
        (3, 6): NESTED,
        (3, 11): "compiles",
    },
    "async = await = 1": {(3, 6): "compiles", (3, 7): "invalid syntax"},
    "async def dig(): return [x async for x in bed]": {(3, 6): "compiles"},
}
"""What is said of each source, from which release on."""


@pytest.mark.parametrize("python", [*elders(), *pythons()], ids=str)
def test_each_python_says_what_the_deck_says(python: Python) -> None:
    done = subprocess.run(
        [str(python.executable), "-I", "-c", ASK],
        input=json.dumps(list(SAID)),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    due = [
        said[max(release for release in said if release <= python.version)]
        for said in SAID.values()
    ]
    assert json.loads(done.stdout) == due
