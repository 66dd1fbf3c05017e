"""The same crawler, three ways: real runs on loopback, and their picture."""

import asyncio
import json
import socket
from dataclasses import astuple
from random import Random

import psutil
import pytest

from media import crawlers
from media.chronogram import Chronogram, chronogram, loads
from media.crawlers import KINDS, PageTimes
from media.figures.crawlers import CRAWLS
from media.lang import LANGS, Lang
from tests.media.pictures import Browser, defects, show


@pytest.fixture(scope="module")
def runs() -> Chronogram:
    return asyncio.run(chronogram((0.05, 0.02, 0.03)))


def test_each_kind_crawls_each_page(runs: Chronogram) -> None:
    assert list(runs.crawls) == ["processes", "threads", "coroutines"]
    for pages in runs.crawls.values():
        assert len(pages) == 3
        for page in pages:
            assert list(astuple(page)) == sorted(astuple(page))


def test_all_wait_together(runs: Chronogram) -> None:
    for pages in (runs.crawls["threads"], runs.crawls["coroutines"]):
        assert max(p.sent for p in pages) < min(p.received for p in pages)


def test_a_process_starts_after_a_thread_and_a_coroutine_would(
    runs: Chronogram,
) -> None:
    starts = {
        kind: min(page.began - page.born for page in pages)
        for kind, pages in runs.crawls.items()
    }
    assert starts["processes"] > max(starts["threads"], starts["coroutines"])


def test_no_process_is_left(runs: Chronogram) -> None:
    assert runs.crawls
    left = [
        child.cmdline()
        for child in psutil.Process().children(recursive=True)
        if "spawn_main" in " ".join(child.cmdline())
    ]
    assert left == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_absent_server_is_an_error_and_leaves_nothing(kind: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        with pytest.raises(OSError, match=r".+"):
            KINDS[kind](nobody.getsockname()[1], (0.1, 0.2))
    test_no_process_is_left(Chronogram({"none": []}))


def test_written_and_read_again(runs: Chronogram) -> None:
    again = Chronogram(loads(runs.dumps()))
    assert again.dumps() == runs.dumps()
    assert [len(pages) for pages in json.loads(runs.dumps()).values()] == [3, 3, 3]


@pytest.mark.parametrize("text", ["", "[]", '{"threads": 1}', '{"threads": [[1]]}'])
def test_what_is_not_a_run_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting value|no runs of crawlers"):
        loads(text)


@pytest.mark.parametrize("seed", range(6))
def test_odd_crawls_are_legible(browser: Browser, seed: int) -> None:
    random = Random(seed)
    scale = 10 ** random.uniform(-5, 3)
    crawls = {
        kind: [
            PageTimes(*sorted(random.random() ** 4 * scale for _ in range(5)))
            for _ in range(random.randint(1, 12))
        ]
        for kind in KINDS
    }
    for pages in crawls.values():  # the first is born first
        pages.sort(key=lambda page: page.born)
    drawn = Chronogram(crawls, LANGS[seed % 2], dark=seed % 3 == 0)
    assert list(defects(show(browser, drawn.svg()))) == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_text_is_legible(browser: Browser, runs: Chronogram, lang: Lang) -> None:
    for dark in False, True:
        drawn = Chronogram(runs.crawls, lang, dark)
        shapes = show(browser, drawn.svg())
        assert sum(shape.tag == "text" for shape in shapes) > 20
        assert list(defects(shapes)) == []
        assert drawn.alt.count(";") == 8


def test_the_committed_figure_says_what_was_measured() -> None:
    for kind, pages in CRAWLS.items():
        for page in pages:
            works = page.sent - page.born
            assert works > 0.05 if kind == "processes" else works < 0.005
    waits = [page.received - page.sent for pages in CRAWLS.values() for page in pages]
    for number in range(3):
        same = waits[number::3]
        assert max(same) < 1.1 * min(same)


def test_a_page_asked_for_is_http() -> None:
    head, _, rest = crawlers.request(7).partition(b"\r\n")
    assert head == b"GET /7 HTTP/1.0"
    assert rest.endswith(b"\r\n\r\n")
