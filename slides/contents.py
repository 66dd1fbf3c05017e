"""The files of a Jupyter server, as the stage keeps them: nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import nbformat
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupytext.async_contentsmanager import build_async_jupytext_contents_manager_class
from jupytext.config import JupytextConfiguration
from tornado.web import HTTPError
from traitlets import Instance

from slides import deck, form
from slides.errors import Problem
from slides.files import aside, replacing
from slides.merging import Change, settled
from slides.paths import short

DECK = re.compile(r"---\r?\n(?:.*\n)*?\s+format_name: myst\r?\n(?:.*\n)*?---")


class WholeFiles(AsyncLargeFileManager):
    """Files that are saved whole, one by one; Jupyter's are empty for a moment.

    A window of the show says in its notebook's metadata, where jupytext lets it pass,
    what it changed: no more is written over what is on the disk.
    """

    turn = Instance(asyncio.Lock, ())

    async def get(self, path: str, *how: Any, **options: Any) -> dict[str, Any]:
        """Return the model of a file; a deck's text is in its form.

        jupytext reads some options as what they are not, unless they are quoted.
        """
        jupyter: Any = super()
        model: dict[str, Any] = await jupyter.get(path, *how, **options)
        text = model.get("content")
        if isinstance(text, str) and DECK.match(text):
            with contextlib.suppress(Problem):  # JupyterLab shows it as it can
                file = Path(jupyter._get_os_path(path))
                model["content"] = form.formed(deck.parse(file, text))
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Save a model, or the changes of a window; return the model of what is saved.

        `said` in it is what the speaker must know. Raises HTTPError.
        """
        jupyter: Any = super()
        is_notebook = model.get("type") == "notebook"
        window = is_notebook and model["content"]["metadata"].pop("window", None)
        async with self.turn:
            said = await self._merge(model, path, **window) if window else ""
            return {**await jupyter.save(model, path), "said": said}

    async def _merge(
        self,
        model: dict[str, Any],
        path: str,
        changes: list[dict[str, Any]],
        late: bool,
    ) -> str:
        """Make what is on the disk, with the changes, the content of a model.

        They are `late` if what is on the disk, meanwhile, is rather newer.
        """
        jupyter: Any = super()
        file = Path(jupyter._get_os_path(path))
        try:
            kept = (await jupyter.get(path, type="notebook"))["content"]
        except HTTPError:
            if not model["content"]["cells"]:
                raise  # a window that is being left sends its changes only
            return _put_broken_aside(file)
        cells, rest = settled(kept.cells, [Change(**each) for each in changes], late)
        model["content"] = {**kept, "cells": cells}
        if rest is None:
            return ""
        there = aside(file)
        with replacing(there) as copy:
            nbformat.write(nbformat.from_dict({**kept, "cells": rest}), copy)
        whose = "this window's" if late else "the older"
        return f"Two windows changed the same cell: {whose} is in {short(there)}."

    @contextlib.contextmanager
    def atomic_writing(
        self, os_path: str, text: bool = True, encoding: str = "utf-8"
    ) -> Iterator[IO[Any]]:
        """Give a file to write, which then becomes `os_path`."""
        with self.perm_to_403(os_path), replacing(Path(os_path), text=text) as file:
            yield file


def _put_broken_aside(file: Path) -> str:
    """Put a file that is no notebook aside, if there is one; say so."""
    if not file.exists():
        return ""
    there = aside(file)
    shutil.copy(file, there)
    return f"The copy could not be read: it is put aside, {short(there)}."


class Files(build_async_jupytext_contents_manager_class(WholeFiles)):  # type: ignore[misc]
    """Files, and decks as notebooks, with no jupytext settings of the user's."""

    async def get_config(
        self, path: str, use_cache: bool = False
    ) -> JupytextConfiguration:
        """Return how a notebook at `path` is written as text."""
        return form.SETTINGS
