"""Build wheels of nothing, with no network: the checkouts of test_install.py use it."""

import time
import zipfile
from pathlib import Path


def wheel(folder: Path, name: str, *metadata: str) -> str:
    """Write a wheel that holds one empty module; return its name."""
    info = f"{name}-1.dist-info"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1", *metadata, ""]
        ),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in files)
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return f"{name}-1-py3-none-any.whl"


def build_editable(
    folder: str, settings: object = None, metadata: object = None
) -> str:
    """Build the checkout, as pip asks; in the middle of it while `hold` is there."""
    Path("building").touch()
    while Path("hold").exists():
        time.sleep(0.01)
    return wheel(
        Path(folder),
        "checkout",
        "Provides-Extra: stage",
        "Provides-Extra: sheet",
        "Provides-Extra: test",
        "Requires-Dist: for_the_stage; extra == 'stage'",
        "Requires-Dist: for_tests; extra == 'test'",
    )
