"""A copy of this tree, for tests that run elsewhere or change it."""

import shutil
import subprocess
from pathlib import Path

from tests.pythons import ROOT


def copy_tree(to: Path) -> None:
    """Copy what git knows, and what is new."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.check_output([*git, "--exclude-standard"], text=True)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # not deleted since
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)
