"""A short walk of the stage in Firefox: what a show needs works there, too."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from slides.paths import ROOT
from tests.clients import NODE_AND_NPM, PREPARE, PUPPETEER
from tests.peers import need
from tests.slides.stage import LAST_CODE, SLIDES, Show

WALK = ROOT / "tests" / "slides" / "firefox" / "walk.mjs"


@pytest.fixture(scope="module")
def seen(firefox: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a walk through the talk saw."""
    folder = need(str(PUPPETEER.prepared or ""), f"puppeteer ({PREPARE})")
    node = need(shutil.which("node"), NODE_AND_NPM)
    with Show(tmp_path_factory.mktemp("home")) as show:
        walked = subprocess.run(
            [
                node,
                WALK,
                firefox,
                show.url,
                Path(folder) / "node_modules",
                str(LAST_CODE),
            ],
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert walked.returncode == 0, walked.stderr
    return dict(json.loads(walked.stdout))


def test_slides_turn_and_go_black(seen: dict[str, Any]) -> None:
    first, second = (slide.title for slide in SLIDES[:2])
    assert [seen["first"], seen["second"]] == [first, second]
    assert [seen["black"], seen["blackAgain"]] == [True, False]


def test_cells_run_and_ask(seen: dict[str, Any]) -> None:
    assert "inset" in seen["frame"]
    assert seen["printed"] == "TULIP"
    assert seen["asked"].endswith("?b")


def test_panic_stops_what_runs_and_a_reload_keeps_edits(seen: dict[str, Any]) -> None:
    assert seen["panic"].startswith("Stopped: ")
    assert seen["edited"] == seen["reloaded"] == "# kept"


def test_no_script_fails(seen: dict[str, Any]) -> None:
    assert seen["faults"] == []
