"""Draw the run that just happened: who held the thread, who waited, for what.

    from media.timeline import timeline

    await timeline(main())              # in a cell: runs it, and is its picture

    async with timeline() as t:         # around a block
        ...
    t.save("run.svg")

    t.blocked, t.ends                   # what happened, to assert on
    t.result()                          # what it returned; or raises what it raised

It needs a running loop, asyncio's or uvloop's, and does not change what the
program does. `python -m media timeline SCRIPT` does it from a shell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from rich.console import Console, ConsoleOptions
from rich.text import Text

from media.chart import chart
from media.facts import Blocked, blocked, ends
from media.lang import Lang, language
from media.layout import picture
from media.recorder import Recorder
from media.svg import DARK, LIGHT, Shown
from media.trace import How, Trace
from media.words import sentence


def timeline(
    *coros: Coroutine[Any, Any, Any],
    slow: float | None = None,
    steps: bool = False,
    prints: bool = False,
    helpers: bool = False,
    title: str = "",
    lang: Lang | None = None,
    dark: bool = False,
) -> Timeline:
    """Return a timeline: await it to run coroutines; then it is their picture.

    Several coroutines are gathered, as by asyncio.gather. Without any, use it as
    `async with timeline() as t`. A hold of more than `slow` seconds is red (by
    default, the loop's slow_callback_duration). `steps` draws a column for each
    run instead of time to scale; `prints` draws the lines that tasks print, instead
    of printing them; `helpers` draws asyncio's and other libraries' own tasks, too,
    whose names begin with `_`. Words are in `lang`, by default $TULIPES_LANG, or
    English.

    An exception of the coroutine is kept and drawn, not raised: `result()` raises
    it. Raises TypeError for what is not a coroutine.
    """
    for coro in coros:
        if not asyncio.iscoroutine(coro):
            kind = type(coro).__name__
            raise TypeError(
                f"timeline() runs coroutines, not {kind}: give it what you would"
                " give to gather(), or use `async with timeline()`"
            )
    return Timeline(coros, slow, steps, prints, helpers, title, language(lang), dark)


class Timeline(Shown):
    """A recorded run, which shows itself in a notebook, and in text if printed.

    `steps`, `helpers`, `title`, `lang` and `dark` may be changed afterwards.
    """

    def __init__(
        self,
        coros: tuple[Coroutine[Any, Any, Any], ...],
        slow: float | None,
        steps: bool,
        prints: bool,
        helpers: bool,
        title: str,
        lang: Lang,
        dark: bool,
    ) -> None:
        self.steps, self.title, self.lang, self.dark = steps, title, lang, dark
        self.helpers = helpers
        self._coros, self._slow, self._prints = coros, slow, prints
        self._recorder: Recorder | None = None
        self._result: Any = None
        self._exception: BaseException | None = None

    # Recording

    def __await__(self) -> Generator[Any, Any, Timeline]:
        return self._run().__await__()

    async def _run(self) -> Timeline:
        if not self._coros:
            raise TypeError("nothing to run: await timeline(main())")
        loop = asyncio.get_running_loop()
        with self._record():
            task: asyncio.Future[Any] = (
                loop.create_task(self._coros[0])
                if len(self._coros) == 1
                else asyncio.gather(*self._coros)
            )
            try:
                self._result = await task
            except asyncio.CancelledError as error:
                self._exception = error
                if not task.done() or _cancelling():
                    raise
            except Exception as error:
                self._exception = error
        return self

    async def __aenter__(self) -> Self:
        if self._coros:
            raise TypeError("await timeline(main()); `async with timeline()` runs none")
        recorder = self._record()
        recorder.__enter__()
        task = asyncio.current_task()
        assert task is not None
        recorder.enter_block(task)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._recorder is not None
        self._exception = error
        self._recorder.__exit__(kind, error, trace)

    def _record(self) -> Recorder:
        if self._recorder is not None:
            raise RuntimeError("a timeline records one run: make another")
        self._recorder = Recorder(
            asyncio.get_running_loop(), self._slow, prints=self._prints
        )
        return self._recorder

    # What happened

    @property
    def trace(self) -> Trace:
        """What was recorded; raises RuntimeError before the run is over."""
        return replace(self._recorded().trace, helpers=self.helpers)

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """Who held the thread for more than `slow` seconds: since when, how long."""
        return blocked(self.trace)

    @property
    def ends(self) -> dict[str, How]:
        """How each task ended, by its lane's name: done, failed, cancelled, pending.

        Several tasks `fetch` are `fetch 1`, `fetch 2`, as in the picture.
        """
        return ends(self.trace)

    def _recorded(self) -> Recorder:
        if self._recorder is None:
            raise RuntimeError("nothing recorded yet: await the timeline first")
        return self._recorder

    def result(self) -> Any:
        """Return what the coroutine returned, or raise what it raised.

        Raises RuntimeError before the run.
        """
        self._recorded()
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self) -> BaseException | None:
        """Return what the coroutine raised, or None."""
        return self._exception

    # The picture

    @property
    def alt(self) -> str:
        """The run in one sentence, for those who cannot see it."""
        return sentence(self.trace, self.lang)

    def svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        drawn = picture(self.trace, steps=self.steps, lang=self.lang, title=self.title)
        return drawn.svg(DARK if self.dark else LIGHT)

    def text(self, width: int = 80) -> Text:
        """Return the picture for a terminal, `width` columns wide."""
        return chart(self.trace, width, lang=self.lang, steps=self.steps)

    def __str__(self) -> str:
        return self.text().plain

    def __repr__(self) -> str:
        try:
            return f"<timeline: {self.alt}>"
        except RuntimeError:
            return "<timeline: nothing recorded yet>"

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[Text]:
        yield self.text(options.max_width)


def _cancelling() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
