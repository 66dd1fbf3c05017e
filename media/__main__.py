"""Draw what the decks show.

python -m media figures             draw all figures, in both languages
python -m media figures pieces      draw one
python -m media figures --check     draw nothing; name those out of date
python -m media timeline demos/first_steps/starvation.py
                                    run a script, draw it in the terminal
python -m media timeline demos/tasks/cancel.py -o cancel.svg --steps
                                    draw it as SVG, a column for each step
python -m media timeline demos/tasks/cancel.py -- --delay 1
                                    draw it, run with its own arguments
python -m media chronogram -o ways.svg
                                    crawl by processes, threads, coroutines
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import inspect
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from media.chart import writable
from media.chronogram import chronogram
from media.figures import figure, names
from media.lang import LANGS, Lang
from media.text import legible
from media.timeline import Timeline, timeline

Main = Callable[[], Coroutine[Any, Any, Any]]

HERE = Path(__file__).resolve().parent


def figures(wanted: Sequence[str], *, check: bool, folder: Path = HERE) -> int:
    """Draw figures into a folder, print a line for each; return the exit code.

    With `check`, write nothing, and return 1 if a file differs from what its
    figure draws. Raises OSError if the folder cannot be written to.
    """
    late = []
    for name in wanted or names():
        for lang in LANGS:
            path = folder / f"{name}.{lang}.svg"
            drawing = figure(name).picture(lang).svg().encode()
            same = path.is_file() and path.read_bytes() == drawing
            if check and not same:
                late.append(path.name)
            elif not check:
                if not same:
                    path.write_bytes(drawing)
                print(f"{path.name} {'unchanged' if same else 'drawn'}")
    if late:
        files = ", ".join(late)
        print(f"out of date: {files}; run `python -m media figures`", file=sys.stderr)
    return int(bool(late))


def run_script(
    script: Path,
    arguments: Sequence[str],
    *,
    output: Path | None = None,
    text: bool = False,
    **options: Any,
) -> int:
    """Run a script's `main`, draw what happened; return the exit code.

    The picture goes to the SVG file `output`, or as text to the terminal; options
    are those of `timeline`. Raises OSError if the output cannot be written.
    """
    try:
        main = _main_of(script, arguments)
    except _Misuse as error:
        print(legible(str(error)), file=sys.stderr)
        return 2
    drawn = timeline(main(), **options)
    status = 0
    try:
        asyncio.run(_finish(drawn))
    except KeyboardInterrupt:
        status = 130
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    else:
        if failed := drawn.exception():
            reason = drawn.trace.lives[0].outcome or type(failed).__name__
            print(f"{script.name} failed: {legible(reason)}", file=sys.stderr)
            status = 1
    if output is not None:
        drawn.save(output)
        _say(Text(f"{output}: {drawn.alt}"))
    if text or output is None:
        _say(drawn.text(Console().width))
    return status


def crawl(
    *, output: Path | None, data: Path | None, lang: Lang | None, dark: bool
) -> int:
    """Crawl a local server in each way, print and draw it; return the exit code.

    Raises OSError if a crawler fails, or if a file cannot be written.
    """
    drawn = asyncio.run(chronogram(lang=lang, dark=dark))
    _say(Text(drawn.alt))
    if output is not None:
        drawn.save(output)
    if data is not None:
        data.write_text(drawn.dumps(), encoding="utf-8")
    return 0


def _say(text: Text) -> None:
    """Print a text in the characters and colours that the terminal supports."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(writable(text, console.encoding))


class _Misuse(Exception):
    """A script cannot be run; the message says why, in one line."""


def _main_of(script: Path, arguments: Sequence[str]) -> Main:
    """Import a script as if it were run; return its `main`.

    Raises _Misuse if there is none, or if it cannot be called without arguments.
    """
    if not script.is_file():
        raise _Misuse(f"no script {script}")
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.resolve().parent))
    spec = importlib.util.spec_from_file_location("__timeline__", script)
    if spec is None or spec.loader is None:
        raise _Misuse(f"{script} is not a Python script")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise _Misuse(f"{script} cannot be imported: {error!r}") from error
    main = getattr(module, "main", None)
    if not inspect.iscoroutinefunction(main):
        raise _Misuse(f"{script} has no `async def main` to run")
    try:
        inspect.signature(main).bind()
    except TypeError as error:
        raise _Misuse(f"{script}: main() must run alone: {error}") from error
    return main


async def _finish(drawn: Timeline) -> None:
    await drawn


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code: 1 failed, 2 misused, 130 stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m media",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    sub = commands.add_parser("figures", help="draw figures as SVG files")
    sub.add_argument("name", nargs="*", help=f"one of {', '.join(names())}")
    sub.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if one differs"
    )
    sub = commands.add_parser(
        "timeline",
        help="run a script and draw who held the thread",
        epilog="Arguments after -- are passed to the script.",
    )
    sub.add_argument("script", type=Path, help="a script that has `async def main()`")
    sub.add_argument("-o", "--output", type=Path, help="SVG file to write")
    sub.add_argument("--text", action="store_true", help="draw it here too")
    sub.add_argument("--steps", action="store_true", help="draw a column for each step")
    sub.add_argument(
        "--slow", type=float, metavar="S", help="seconds from which a hold is red"
    )
    sub.add_argument(
        "--prints",
        action="store_true",
        help="draw what tasks print, instead of printing it",
    )
    sub.add_argument(
        "--helpers", action="store_true", help="draw libraries' own tasks, too"
    )
    sub.add_argument(
        "--lang", choices=LANGS, help="language of its words; default: $TULIPES_LANG"
    )
    sub.add_argument("--dark", action="store_true", help="for a dark page")
    sub.add_argument("--title", default="", help="of the picture, for screen readers")
    sub = commands.add_parser(
        "chronogram", help="crawl by processes, threads, coroutines; draw it"
    )
    sub.add_argument("-o", "--output", type=Path, help="SVG file to write")
    sub.add_argument("--data", type=Path, help="JSON file to write")
    sub.add_argument(
        "--lang", choices=LANGS, help="language of its words; default: $TULIPES_LANG"
    )
    sub.add_argument("--dark", action="store_true", help="for a dark page")
    ours = list(sys.argv[1:] if arguments is None else arguments)
    theirs: list[str] = []
    if "--" in ours:
        ours, theirs = ours[: ours.index("--")], ours[ours.index("--") + 1 :]
    options = vars(parser.parse_args(ours))
    command = options.pop("command")
    if theirs and command != "timeline":
        parser.error(f"{command} has no script to give arguments to")
    try:
        if command == "timeline":
            return run_script(arguments=theirs, **options)
        if command == "chronogram":
            return crawl(**options)
        unknown = [name for name in options["name"] if name not in names()]
        if unknown:
            known = ", ".join(names())
            print(f"no figure {unknown[0]}; there are {known}", file=sys.stderr)
            return 2
        return figures(options["name"], check=options["check"])
    except OSError as error:
        print(f"cannot draw: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
