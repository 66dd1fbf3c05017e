"""Copy the lessons to a folder: all of them, or nothing at all."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from demos.catalogue import requirements

RICH = "rich>=13.7"
"""What the command needs for its colours; it does without."""

HOW = "# python -m pip install -r demos/requirements.txt"


def copy(scripts: Iterable[Path], root: Path, folder: Path) -> None:
    """Copy scripts, below `root`, and what they need to `folder`/demos.

    Raises OSError if the folder is not new or empty, is inside `root`,
    or cannot be written; nothing is left then of what was written.
    """
    folder = folder.resolve()
    above = [
        each for each in (folder, *folder.parents) if each.exists()
    ]
    if any(each.samefile(root) for each in above):
        raise OSError("it is inside the folder of the lessons")
    if folder in above and any(folder.iterdir()):
        raise OSError("it is not empty")
    scripts = list(scripts)
    needed = {each for path in scripts for each in requirements(path)}
    with staging(folder) as stage:
        for path in scripts:
            target = stage / "demos" / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)  # what it says, not its mode
        lines = [HOW, *sorted(needed | {RICH}), ""]
        listed = stage / "demos" / "requirements.txt"
        listed.write_text("\n".join(lines), encoding="utf-8")
        os.rename(stage / "demos", folder / "demos")


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder inside `folder`, deleted at the end.

    What is moved out of it stays. If anything fails, `folder` and its
    parents go too, if they were not there. Raises OSError.
    """
    around = (folder, *folder.parents)
    new = [each for each in around if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        prefix = ".demos-"
        with tempfile.TemporaryDirectory(
            dir=folder, prefix=prefix
        ) as stage:
            yield Path(stage)
    except BaseException:  # Ctrl-C too
        for each in new:
            with suppress(OSError):
                each.rmdir()
        raise
