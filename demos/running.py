"""Run a lesson with the options that its `main` takes.

The keyword parameters of `main` are the options: their names, types and
defaults. What a user may get wrong, or what may be missing, is told in
one line; a bug in a lesson keeps its traceback.
"""

import argparse
import asyncio
import errno
import importlib
import inspect
import math
import operator
import os
import re
import signal
import ssl
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, NoReturn, get_args, get_origin

from demos.catalogue import declared, missing

Main = Callable[..., Coroutine[Any, Any, None] | None]
"""A coroutine function, or a function where no loop is needed."""

ROLES = {"listen", "connect"}
"""Parameters that exclude each other: who serves does not call."""

PLACES = {"connect", "redis"}
PORTS = {"listen", "port"}
"""Parameters that are HOST:PORT, and a port, whoever has them."""

OF_LIBRARIES = {
    "aiohttp": "ClientError",
    "asyncssh": "Error",
    "demos.pubsub.client": "ReplyError",
    "redis": "RedisError",
    "sqlite3": "Error",
    "zmq": "ZMQError",
}
"""What libraries raise when it is their peer's fault, not ours."""

COMPARE = {">=": operator.ge, "<": operator.lt}


class Parser(argparse.ArgumentParser):
    """One that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Say it, and where to read more; exit with 2."""
        self.exit(2, f"{message}; `{self.prog} --help` says more\n")


def seconds(text: str) -> float:
    """Read seconds; raises ValueError or ArgumentTypeError."""
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError(
            f"{text} is under 0 or endless"
        )
    return value


def count(text: str) -> int:
    """Read how many; raises ValueError or ArgumentTypeError."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is under 1")
    return value


def port(text: str) -> int:
    """Read a port, 0 for a free one; raises ValueError, or as above."""
    value = int(text)
    if not 0 <= value < 65536:
        raise argparse.ArgumentTypeError(f"no port has number {text}")
    return value


def address(text: str) -> str:
    """Read HOST:PORT; raises ValueError, or as above."""
    host, _, number = text.rpartition(":")
    if not host or port(number) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no HOST:PORT")
    return text


def reader(name: str, kind: Any) -> tuple[Callable[[str], Any], str]:
    """Choose what reads an option, and what its help calls it."""
    if kind is Path:
        return Path, "PATH"
    if name in PORTS:
        return port, "PORT"
    if name in PLACES:
        return address, "HOST:PORT"
    if kind is float:
        return seconds, "SECONDS"
    if kind is int:
        return count, "COUNT"
    return str, name.upper()


def add_option(parser: Any, parameter: inspect.Parameter) -> None:
    """Add one parameter of `main` to a parser, or to a group of it."""
    flag = f"--{parameter.name.replace('_', '-')}"
    default, kind = parameter.default, parameter.annotation
    if kind is bool:
        parser.add_argument(
            flag, action="store_true", default=argparse.SUPPRESS
        )
        return
    if get_origin(kind) is UnionType:  # `int | None`
        kind = get_args(kind)[0]
    several = get_origin(kind) is not None  # `Sequence[float]`
    if several:
        kind = get_args(kind)[0]
    read, name = reader(parameter.name, kind)
    shown = " ".join(map(str, default)) if several else default
    parser.add_argument(
        flag,
        type=read,
        nargs="+" if several else None,
        default=argparse.SUPPRESS,  # `main` has its own
        metavar=name,
        help=None if default is None else f"default: {shown}",
    )


def parser_for(main: Main, name: str, text: str) -> Parser:
    """Make the parser of a lesson: its docstring, and its options."""
    parser = Parser(
        prog=f"python -m demos {name}",
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parameters = inspect.signature(main, eval_str=True).parameters
    either: Any = parser
    if set(parameters) >= ROLES:
        either = parser.add_mutually_exclusive_group()
    for parameter in parameters.values():
        one_of_two = parameter.name in ROLES
        add_option(either if one_of_two else parser, parameter)
    return parser


def not_for(path: Path) -> str:
    """Say which Python a script needs, unless it is this one."""
    needed = str(declared(path).get("requires-python", ""))
    for sign, major, minor in re.findall(r"(>=|<)(\d+)\.(\d+)", needed):
        if not COMPARE[sign](
            sys.version_info, (int(major), int(minor))
        ):
            here = ".".join(map(str, sys.version_info[:2]))
            return f"needs Python {needed}; this is {here}"
    return ""


def imported(name: str, path: Path) -> ModuleType:
    """Import a lesson; exit with one line if it lacks what it needs."""
    if reason := not_for(path):
        raise SystemExit(f"{path.stem} {reason}")
    try:
        return importlib.import_module(f"demos.{name}")
    except SyntaxError as error:  # of the lesson's own, as a rule
        place = f"{Path(error.filename or path).name}:{error.lineno}"
        at = f", at `{error.text.strip()}`" if error.text else ""
        line = f"{place}: no Python: {error.msg}{at}: mend it there"
        raise SystemExit(line) from None
    except ModuleNotFoundError as error:
        wanted = missing(path)
        if not wanted:
            raise
        words = " ".join(f'"{requirement}"' for requirement in wanted)
        how = f"python -m pip install {words}"
        line = f"{path.stem} needs {error.name}: {how}"
        raise SystemExit(line) from None


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Go through the errors of a group; of any other, itself."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from leaves(each)
    else:
        yield error


def expected() -> tuple[type[BaseException], ...]:
    """Return the errors that are a peer's or the system's fault."""
    kinds: list[type[BaseException]] = [OSError, EOFError]
    for library, name in OF_LIBRARIES.items():
        if library in sys.modules:
            kinds.append(getattr(sys.modules[library], name))
    return tuple(kinds)


def explained(error: BaseException, options: dict[str, Any]) -> str:
    """Say an expected error in one line."""
    code = getattr(error, "errno", None)
    for name in PORTS & set(options):
        if code in {errno.EADDRINUSE, errno.EACCES}:
            kind = "" if isinstance(options[name], Path) else "port "
            return f"{kind}{options[name]} is taken or forbidden"
    where = next(
        (options[each] for each in PLACES & set(options)), None
    )
    reason = " ".join(str(error).split()) or "no answer in time"
    # The codes of an SSLError are OpenSSL's.
    of_system = not isinstance(error, ssl.SSLError)
    if of_system and isinstance(code, int) and code > 0:
        reason = os.strerror(code)
    return f"{where}: {reason}" if where else reason


def ask_to_end(*_: object) -> None:
    """Take a SIGTERM for a Ctrl-C, so that lessons clean up."""
    signal.raise_signal(signal.SIGINT)


def run(main: Main, name: str, text: str, arguments: list[str]) -> int:
    """Run a lesson's `main`; return the exit code: 130 after Ctrl-C."""
    options = vars(parser_for(main, name, text).parse_args(arguments))
    # A shell's job in the background ignores Ctrl-C, but not SIGTERM.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, ask_to_end)
    try:
        ended = main(**options)
        if ended is not None:
            asyncio.run(ended)
    except KeyboardInterrupt:
        return 130
    except BaseException as error:
        first, *others = leaves(error)
        if not all(isinstance(e, expected()) for e in (first, *others)):
            raise
        line = explained(first, options)
        print(f"{name.rpartition('.')[2]}: {line}", file=sys.stderr)
        return 1
    return 0
