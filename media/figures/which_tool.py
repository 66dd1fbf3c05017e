"""12.5: a program hangs, is slow, forgets or dies: which tool shows why.

From left to right: what one sees, a look that tells two cases apart, the tool. Each
way is tried on a program of demos/practice: see tests/practice/test_which_tool.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch
from media.text import MONO

TITLE: dict[Lang, str] = {
    "fr": "Quel outil pour quel symptôme",
    "en": "Which tool for which symptom",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Organigramme de gauche à droite\u00a0: mon programme se fige, processeur à"
        " 0\u00a0%\u00a0: python -m asyncio pstree. Il se fige, processeur à"
        " 100\u00a0%\u00a0: Ctrl-C, deux fois. Il traîne, ou il oublie une coroutine"
        " (never awaited)\u00a0: python -X dev. Il oublie une tâche, qui court"
        " encore\u00a0: asyncio.all_tasks(). Il meurt en partie (never"
        " retrieved)\u00a0: asyncio.TaskGroup()."
    ),
    "en": (
        "Flow chart from left to right: my program hangs, processor at 0%: python -m"
        " asyncio pstree. It hangs, processor at 100%: Ctrl-C, twice. It is slow, or"
        " it forgets a coroutine (never awaited): python -X dev. It forgets a task,"
        " which still runs: asyncio.all_tasks(). A part of it dies (never retrieved):"
        " asyncio.TaskGroup()."
    ),
}


@dataclass(frozen=True)
class Step:
    """A way through the chart: what one sees, and which case it is.

    The case is in both languages, or in Python's words.
    """

    symptom: dict[Lang, str]
    case: str | dict[Lang, str]


HANGS: dict[Lang, str] = {"fr": "se fige", "en": "hangs"}
SLOW: dict[Lang, str] = {"fr": "traîne", "en": "is slow"}
FORGETS: dict[Lang, str] = {"fr": "oublie", "en": "forgets"}
DIES: dict[Lang, str] = {"fr": "meurt", "en": "dies"}

STEPS = (
    Step(HANGS, {"fr": "processeur à 0\u00a0%", "en": "processor at 0%"}),
    Step(HANGS, {"fr": "processeur à 100\u00a0%", "en": "processor at 100%"}),
    Step(SLOW, {"fr": "quelqu’un bloque", "en": "somebody blocks"}),
    Step(FORGETS, "was never awaited"),
    Step(FORGETS, {"fr": "une tâche court encore", "en": "a task still runs"}),
    Step(DIES, "was never retrieved"),
)
"""From top to bottom."""


@dataclass(frozen=True)
class Tool:
    """A tool: how it is called, what it says, how many steps lead to it."""

    call: str
    says: tuple[str, ...]
    steps: int


TOOLS = (
    Tool("python -m asyncio pstree", (), 1),
    Tool("Ctrl-C, Ctrl-C", (), 1),
    Tool("python -X dev", ("took …, created at …",), 2),
    Tool("asyncio.all_tasks()", (), 1),
    Tool("asyncio.TaskGroup()", (), 1),
)
"""From top to bottom; together they have all steps."""

ROW, GAP = 72.0, 10.0
"""The height of a step, and what of it is free."""

LEFT, RIGHT = 156.0, 530.0
"""Where symptoms end, and where tools begin."""


def height(rows: int) -> float:
    """Return the height of a box that so many steps leave or reach."""
    return rows * ROW - GAP


def symptoms(page: Page, lang: Lang) -> None:
    """Draw what one sees, each once, beside its cases."""
    names = [step.symptom[lang] for step in STEPS]
    for name in dict.fromkeys(names):
        row, rows = names.index(name), names.count(name)
        page.frame(1.5, row * ROW + 1.5, LEFT - 3, height(rows), "ink", "ink")
        y = row * ROW + height(rows) / 2 + 10
        page.text(LEFT / 2, y, name, fill="paper", anchor="middle", bold=True)


def tool(page: Page, number: int, row: int) -> None:
    """Draw a tool: how it is called, and below it what it says."""
    found, width = TOOLS[number], WIDTH - RIGHT - 3
    top, high = row * ROW + 1.5, height(found.steps)
    page.frame(RIGHT + 1.5, top, width, high, page.lane(number))
    for place, line in enumerate((found.call, *found.says)):
        y = (row + place) * ROW + height(1) / 2 + 10
        page.text(RIGHT + 20, y, line, MONO, bold=not place)


def case(page: Page, step: Step, y: float, lang: Lang) -> None:
    """Write which case a step is, above its arrow."""
    if isinstance(step.case, str):
        page.text(LEFT + 24, y, step.case, MONO)
    else:
        page.text(LEFT + 24, y, step.case[lang])


def draw(page: Page, lang: Lang) -> None:
    """Draw the chart from left to right; a tool and its arrows share a colour."""
    symptoms(page, lang)
    row = 0
    for number, each in enumerate(TOOLS):
        tool(page, number, row)
        for step in STEPS[row : row + each.steps]:
            y = row * ROW + height(1) / 2 + 16
            page.arrow(LEFT + 4, y, RIGHT - 4, y, page.lane(number))
            case(page, step, y - 14, lang)
            row += 1


def picture(lang: Lang) -> Sketch:
    """Return the chart."""
    total = height(len(STEPS)) + 3
    return Sketch(lang, TITLE[lang], ALT[lang], total, lambda page: draw(page, lang))
