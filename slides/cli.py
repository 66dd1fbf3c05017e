"""The stage's command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from slides.errors import Problem, missing
from slides.talks import Repertoire, Talk

EXAMPLES = """\
examples:
  python -m slides present                    the default talk, from its start
  python -m slides present cours --chapter tasks --slide 3
  python -m slides present tulipes --dark     in a dark room
  python -m slides present semaine --sitting 3
  python -m slides present --list             the talks, and their lengths
  python -m slides present tulipes --list     its slides, with the clock and their ids
  python -m slides present --list tasks       a chapter's
  python -m slides doctor                     an hour before going on stage
  python -m slides sync --check               do the decks show today's demos?
  python -m slides check tasks
  python -m slides check --lang en            how far is a translation?
  python -m slides new demo tasks/my_lesson   a first version, to change
  python -m slides shots tulipes              pictures of all its slides, to look at
  python -m slides shots tulipes --slides 3-12,await --size 1920x1080
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line that names the way to the help."""

    def error(self, message: str) -> NoReturn:
        """Leave with status 2."""
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help.\n")


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="python -m slides",
        description="Show the talks, and keep their decks true.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        run: Callable[[argparse.Namespace], int], name: str, text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    present = command(_present, "present", "Show a talk in the browser, ready to run.")
    _add_talk(present)
    present.add_argument("--chapter", metavar="NAME", help="start at this chapter")
    present.add_argument(
        "--slide",
        type=int,
        default=1,
        metavar="N",
        help="start at slide N of the talk, or of the chapter if one is given",
    )
    present.add_argument(
        "--port", type=_port, metavar="N", help="listen there (default: 8888 or next)"
    )
    present.add_argument(
        "--no-browser", action="store_true", help="print the URL, open nothing"
    )
    present.add_argument(
        "--fresh", action="store_true", help="start from the decks, not your edits"
    )
    present.add_argument(
        "--dark", action="store_true", help="light letters, for a dark room"
    )
    present.add_argument(
        "--list",
        action="store_true",
        help="list the talks, or the slides of a talk or of a chapter",
    )

    doctor = command(
        _doctor, "doctor", "Try everything that a talk needs, before the show."
    )
    _add_talk(doctor)

    sync = command(
        _sync,
        "sync",
        "Write the decks' code from the demos, their tables from the data,"
        " and the rest as JupyterLab saves it.",
    )
    sync.add_argument(
        "what", nargs="*", metavar="CHAPTER|DECK", help="default: all decks"
    )
    sync.add_argument(
        "--check", action="store_true", help="show the difference, write nothing"
    )

    check = command(
        _check, "check", "Check the decks' structure and run all their cells."
    )
    check.add_argument(
        "what",
        nargs="*",
        metavar="TALK|CHAPTER|DECK",
        help="default: all decks, and the minutes of all talks",
    )
    check.add_argument(
        "--lang",
        metavar="LANG",
        help="in this language only, and how far its translation is",
    )
    check.add_argument(
        "--structure", action="store_true", help="check the structure, run nothing"
    )

    new = command(
        _new, "new", "Write a first demo, talk or figure that passes the checks."
    )
    new.add_argument("kind", choices=("demo", "talk", "figure"))
    new.add_argument("name", metavar="NAME", help="a demo's is CHAPTER/NAME")

    shots = command(
        _shots,
        "shots",
        "Take pictures of every slide, before its cells ran, after, and after a second"
        " run, into build/shots; six to a contact sheet.",
    )
    _add_talk(shots)
    shots.add_argument(
        "--slides",
        metavar="LIST",
        help="only these, by numbers and ids: 3-12,await,40",
    )
    shots.add_argument(
        "--size",
        type=_size,
        default=(1280, 720),
        metavar="WxH",
        help="of the screen, in pixels (default: 1280x720)",
    )
    shots.add_argument("--dark", action="store_true", help="as in a dark room")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Problem as problem:
        print(f"{options.command}: {problem}", file=sys.stderr)
        return problem.status
    except ModuleNotFoundError as error:
        print(f"{options.command}: {missing(error)}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # as in `present --list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError(f"{port} is no port: 1 to 65535 are")
    return port


def _sitting(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is no sitting: 1 and up are")
    return number


def _size(text: str) -> tuple[int, int]:
    width, by, height = text.partition("x")
    if not (by and width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is no size, such as 1280x720")
    return int(width), int(height)


def _add_talk(command: argparse.ArgumentParser) -> None:
    languages = ", ".join(Repertoire().languages())
    command.add_argument(
        "talk",
        nargs="?",
        metavar="TALK",
        help="a name of talks.toml (default: tulipes)",
    )
    command.add_argument(
        "--sitting",
        type=_sitting,
        metavar="N",
        help="only this sitting of a course, such as semaine",
    )
    command.add_argument(
        "--lang",
        metavar="LANG",
        help=f"show it in this language (there is: {languages})",
    )


# Each command imports what only it needs, so that all start fast.


def _talk(options: argparse.Namespace, repertoire: Repertoire | None = None) -> Talk:
    repertoire, name = repertoire or Repertoire(), options.talk
    if options.sitting is not None:
        name = f"{name or repertoire.talk().name}-{options.sitting}"
    return repertoire.talk(name, options.lang)


def _present(options: argparse.Namespace) -> int:
    if options.list:
        _list(options)
        return 0
    from slides.present import present

    return present(
        _talk(options),
        chapter=options.chapter,
        slide=options.slide,
        port=options.port,
        browser=not options.no_browser,
        fresh=options.fresh,
        dark=options.dark,
    )


def _list(options: argparse.Namespace) -> None:
    from slides.listing import list_chapter, list_slides, list_talks

    repertoire, name = Repertoire(), options.talk
    if not name:
        list_talks(repertoire)
    elif {name, name.rpartition("-")[0]} & repertoire.entries.keys():
        list_slides(_talk(options, repertoire))
    elif name in repertoire.chapters():
        list_chapter(repertoire, name, options.lang)
    else:
        raise repertoire.stranger(name)


def _doctor(options: argparse.Namespace) -> int:
    from slides.doctor import doctor

    return doctor(_talk(options))


def _sync(options: argparse.Namespace) -> int:
    from slides.sync import sync

    return sync(options.what, check=options.check)


def _check(options: argparse.Namespace) -> int:
    from slides.check import check

    return check(options.what, cells=not options.structure, lang=options.lang)


def _new(options: argparse.Namespace) -> int:
    from slides.new import new

    return new(options.kind, options.name)


def _shots(options: argparse.Namespace) -> int:
    from slides.shots import shots

    talk = _talk(options)
    return shots(talk, only=options.slides, size=options.size, dark=options.dark)
