"""Lessons shown on a slide: they find what their file imports, and may be edited.

A slide has no room for imports: before a cell that shows a lesson runs, it is lent
what it needs of the lesson's module. The cell then defines the lesson for the cells
after it. A cell that imports the lesson's module, or calls into it, would run the
file's: so the module, too, gets what was edited, until the cell runs again as it was.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import linecache
import sys
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from slides import lessons
from slides.names import names
from slides.paths import BUILD

_NOTHING = object()


class Edits:
    """What edited cells put into the demos' modules; `shared` is the cells' names."""

    def __init__(self, shared: dict[str, Any]) -> None:
        self._shared = shared
        self._lent: dict[str, dict[int, Any]] = {}
        self._replaced: dict[str, list[tuple[Any, str, Any]]] = {}

    def lend(self, address: str, source: str) -> None:
        """Give a lesson's cell what it needs of its module, and no cell has bound.

        What other lessons were lent is no cell's: two files may mean two things by it.
        """
        found = names(source)
        needed = (found.now | found.later) - found.bound
        # A package may be missing, the cell be edited: then Python says what lacks.
        with suppress(Exception):
            module = vars(_module(address))
            for name in needed & module.keys():
                lent = self._lent.setdefault(name, {})
                if name not in self._shared or id(self._shared[name]) in lent:
                    self._shared[name] = module[name]
                    lent[id(module[name])] = module[name]

    def bind(self, source: str) -> None:
        """Note that a cell, which has run, bound its names itself."""
        for name in names(source).bound:
            self._lent.pop(name, None)

    def heed(self, address: str, source: str) -> None:
        """Give a lesson's module what its cell says, which has just run."""
        for owner, name, before in reversed(self._replaced.pop(address, [])):
            _replace(owner, name, before)
        # The lesson may have moved, a package be missing, the cell have a magic, or
        # define by code that runs once only: then the module stays as it was.
        with suppress(Exception):
            if source.strip() != lessons.code(address).strip():
                self._edit(address, source)

    def _edit(self, address: str, source: str) -> None:
        """Define in the module what the cell defines.

        What else the cell binds or needs, the module takes as the cells have it.
        """
        file, _, shown = address.partition(":")
        tree = ast.parse(source)
        module = _module(address)
        copy = BUILD / "edited" / shown / file
        above = _write(copy, module, source)
        kept = [node for node in tree.body if isinstance(node, lessons.Documented)]
        found = names(source)
        taken = (found.now | found.later) - vars(module).keys() - vars(builtins).keys()
        taken |= found.bound - {node.name for node in kept}
        for name in taken & self._shared.keys():
            self._put(address, module, name, self._shared[name])
        tree.body = [*kept]
        ast.increment_lineno(tree, above)
        code = compile(tree, str(copy), "exec", dont_inherit=True)
        defined: dict[str, Any] = {}
        exec(code, vars(module), defined)
        self._put(address, module, "__file__", str(copy))
        methods = (name.split(".") for name in shown.split(",") if "." in name)
        owners = {method: getattr(module, owner) for owner, method in methods}
        for name, value in defined.items():
            self._put(address, owners.get(name, module), name, value)

    def _put(self, address: str, owner: Any, name: str, value: Any) -> None:
        before = vars(owner).get(name, _NOTHING)
        self._replaced.setdefault(address, []).append((owner, name, before))
        _replace(owner, name, value)


def _module(address: str) -> ModuleType:
    file = address.partition(":")[0]
    return importlib.import_module(
        "demos." + file.removesuffix(".py").replace("/", ".")
    )


def _write(copy: Path, module: ModuleType, source: str) -> int:
    """Write a lesson with its edit under it; return how many lines are above that.

    It is for a lesson that runs its own file in a child, and for tracebacks.
    """
    text = Path(module.__file__ or "").read_text(encoding="utf-8") + "\n\n"
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Expr):  # it ran: once is enough
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                lines[number - 1] = ""
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    linecache.checkcache(str(copy))
    return text.count("\n")


def _replace(owner: Any, name: str, value: Any) -> None:
    """Set a name of a module or a class, and in the demos that imported it."""
    before = vars(owner).get(name)
    if value is _NOTHING:
        delattr(owner, name)
    else:
        setattr(owner, name, value)
    if not isinstance(before, FunctionType | type):
        return
    for place, module in list(sys.modules.items()):
        if place.startswith("demos."):
            for other, each in list(vars(module).items()):
                if each is before:
                    setattr(module, other, value)
