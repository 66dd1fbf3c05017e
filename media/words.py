"""What is said of a recorded run: the words in its picture, and its sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from media.lang import Lang, duration, joined
from media.text import SANS, cut, legible
from media.trace import How, Life, Trace

NAME = 220
"""Width of a lane's name at most, in units of the viewBox."""

NAMED = 3
"""Tasks that the sentence names at most, for each thing that it says."""

WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "Who holds the thread, and when",
        "thread": "the thread",
        "busy": "{}% busy",
        "over": "nobody else runs",
        "start": "cannot start",
        "cancelled": "cancelled",
        "pending": "pending",
        "other": "… 1 more task …",
        "others": "… {} more tasks …",
        "later": "… 1 more step",
        "laters": "… {} more steps",
        "task": "1 task",
        "tasks": "{} tasks",
        "held": "the thread is held {}% of the time",
        "blocks": "{} holds it for {} in {}",
        "keeps": "{} holds it for {}",
        "fails": "{} fails with {}",
        "dies": "{} is cancelled",
        "waits": "{} is still pending",
        "more": "and 1 more",
        "mores": "and {} more",
        "done": "the others succeed",
        "all": "all succeed",
    },
    "fr": {
        "title": "Qui tient le fil, et quand",
        "thread": "le fil",
        "busy": "occupé à {}\u00a0%",
        "over": "personne d’autre n’avance",
        "start": "ne peut pas démarrer",
        "cancelled": "annulée",
        "pending": "en attente",
        "other": "… 1 autre tâche …",
        "others": "… {} autres tâches …",
        "later": "… 1 étape de plus",
        "laters": "… {} étapes de plus",
        "task": "1 tâche",
        "tasks": "{} tâches",
        "held": "le fil est tenu {}\u00a0% du temps",
        "blocks": "{} le garde {} avec {}",
        "keeps": "{} le garde {}",
        "fails": "{} échoue avec {}",
        "dies": "{} est annulée",
        "waits": "{} attend encore",
        "more": "et 1 de plus",
        "mores": "et {} de plus",
        "done": "les autres finissent bien",
        "all": "tout finit bien",
    },
}


def percent(trace: Trace) -> str:
    """Return the share of the time that the thread is held, in percent."""
    return "<1" if trace.busy < 0.005 else str(round(100 * trace.busy))


def counted(number: int, word: str, lang: Lang) -> str:
    """Return a number of things in words; of several, `word` and an s is the key."""
    return WORDS[lang][word if number == 1 else f"{word}s"].format(number)


def public(trace: Trace) -> tuple[Life, ...]:
    """Return the tasks that are shown: not a library's own, whose name begins with _.

    The first is shown, whatever it is called, and one that holds the thread too long.
    """
    return tuple(
        life
        for life in trace.lives
        if not life.place
        or not life.name.startswith("_")
        or max(life.holds, default=0) > trace.slow
    )


def said(life: Life) -> tuple[str, list[tuple[float, str]]]:
    """Return a task's name, and what it says and when.

    If each line that it prints begins with the same word and a colon, that word is
    its name, and is not repeated.
    """
    lines = [(at, legible(text)) for at, text in life.says]
    heads = {text.partition(": ")[0].strip() for _, text in lines if ": " in text}
    if len(lines) > 1 and len(heads) == 1 and all(": " in text for _, text in lines):
        return heads.pop(), [(at, text.partition(": ")[2]) for at, text in lines]
    return life.name, lines


def lane_names(trace: Trace) -> list[str]:
    """Return the names of all lanes, by place: cut to NAME, and made unique."""
    named = (legible(said(life)[0]) for life in trace.lives)
    short = [cut(name, NAME, SANS, bold=True) for name in named]
    counts = Counter(short)
    seen: Counter[str] = Counter()
    taken = {name for name, count in counts.items() if count == 1}
    names = []
    for name in short:
        if counts[name] > 1:
            while True:
                seen[name] += 1
                unique = f"{name} {seen[name]}"
                if unique not in taken:
                    break
            name = unique
        names.append(name)
    return names


def sentence(trace: Trace, lang: Lang) -> str:
    """Return a run in one sentence, for those who cannot see its picture."""
    words, names = WORDS[lang], lane_names(trace)
    count = len(public(trace))
    parts = [f"{counted(count, 'task', lang)}, {duration(trace.seconds, lang)}"]
    parts.append(words["held"].format(percent(trace)))
    troubled: set[int] = set()
    for group in (
        list(_blocks(trace, names, lang, troubled)),
        list(_ends(trace, names, "failed", words["fails"], troubled)),
        list(_ends(trace, names, "cancelled", words["dies"], troubled)),
        list(_ends(trace, names, "pending", words["waits"], troubled)),
    ):
        parts += group[:NAMED]
        others = len(group) - NAMED
        if others > 0:
            parts.append(counted(others, "more", lang))
    if len(troubled) < count:
        parts.append(words["done" if troubled else "all"])
    return joined(parts, lang)


def _blocks(
    trace: Trace, names: list[str], lang: Lang, troubled: set[int]
) -> Iterator[str]:
    """Yield who held the thread too long, in words.

    Adds the places of those that are done to `troubled`.
    """
    words = WORDS[lang]
    for life in public(trace):
        for run, held in enumerate(life.holds):
            if held > trace.slow:
                name, time = names[life.place], duration(held, lang)
                text = legible(", ".join(life.blocked.get(run, ())))
                if life.how == "done":
                    troubled.add(life.place)
                yield words["blocks" if text else "keeps"].format(name, time, text)


def _ends(
    trace: Trace, names: list[str], how: How, words: str, troubled: set[int]
) -> Iterator[str]:
    """Yield whose end is `how`, in words; add their places to `troubled`."""
    for life in public(trace):
        if life.how == how:
            troubled.add(life.place)
            yield words.format(names[life.place], legible(life.outcome))
