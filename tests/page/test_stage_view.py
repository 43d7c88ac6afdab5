"""The stage view in a real browser: every line fits, one follows the other, and it says what is missing."""

from __future__ import annotations

import posixpath
import re
import time
from collections.abc import Iterator

import numpy as np
import pytest
import zmq
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.runtime.pubsub import Publisher
from gesturesynth.runtime.words_message import WordsMessage
from tests.support.browser import window
from tests.support.page_process import PageProcess, page_process
from tests.support.stick_figure import pose
from tests.support.waiting import wait_for

BEAMER, SMALL_BEAMER = (1920, 1080), (1280, 720)
LINES = {
    "a word": "Sea",
    "a long word": "Donaudampfschifffahrtsgesellschaftskapitän",
    "a long line": ("the tide stops to look at the drowned village, " * 6)[:296] + ".",
    "right to left": "البحر لا يسأل من يقف على الشاطئ",
    "without blanks": "海は青い。夜は長く、風は冷たい。" * 4,
}
DRAWN = """canvas => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0;
    return drawn;
}"""
VIOLATIONS = {"serious", "critical"}


class Piece:
    """In place of a conductor: publishes lines."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._words = Publisher(context, WordsMessage)
        self.poses = Publisher(context, Pose)
        self._number = 0

    def say(self, page: Page, text: str, cause: str = "time", *, fade_s: float = 0.0) -> None:
        """Sends a line until it is to be seen."""
        self._number += 1
        message = WordsMessage(time.monotonic(), "By the sea", True, text, self._number, cause, fade_s)
        self.send_until(page, message, "#lines p.shown", [text] if text else [])

    def send_until(self, page: Page, message: WordsMessage, place: str, texts: list[str]) -> None:
        """Sends a message until these texts are there."""

        def seen() -> bool:
            self._words.send(message)
            page.wait_for_timeout(20)
            return page.locator(place).all_text_contents() == texts

        wait_for(seen, str(texts))

    def close(self) -> None:
        self._words.close()
        self.poses.close()


@pytest.fixture(scope="module")
def served() -> Iterator[PageProcess]:
    with page_process() as process:
        yield process


@pytest.fixture
def piece(served: PageProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Piece]:
    monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", str(served.runtime))
    with zmq.Context() as context:
        made = Piece(context)
        yield made
        made.close()


@pytest.mark.parametrize("size", [BEAMER, SMALL_BEAMER])
def test_every_line_fits_and_is_as_large_as_it_can_be(
    served: PageProcess, piece: Piece, browser: Browser, size: tuple[int, int]
) -> None:
    with window(browser, size) as page:
        page.goto(f"{served.address}stage")
        heights = {}
        for what, text in LINES.items():
            piece.say(page, text)
            line = page.locator("#lines p.shown")
            box = line.bounding_box()
            assert box
            assert box["x"] >= 0, what
            assert box["x"] + box["width"] <= size[0], what
            assert line.evaluate("p => p.scrollHeight <= p.clientHeight + 1 && p.scrollWidth <= p.clientWidth"), what
            heights[what] = float(line.evaluate("p => parseFloat(getComputedStyle(p).fontSize)"))
        assert heights["a word"] > 0.2 * size[1]
        assert heights["a long line"] > 0.05 * size[1]
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.locator("#lines p.shown").evaluate("p => getComputedStyle(p).direction") == "ltr"
        piece.say(page, LINES["right to left"])
        assert page.locator("#lines p.shown").evaluate("p => getComputedStyle(p).direction") == "rtl"


def test_one_line_goes_before_the_other_is_there_and_an_empty_one_leaves_it_dark(
    served: PageProcess, piece: Piece, browser: Browser
) -> None:
    with window(browser, SMALL_BEAMER) as page:
        page.goto(f"{served.address}stage")
        piece.say(page, "one", "idle", fade_s=0.4)
        expect(page.locator("#lines p")).to_have_class(re.compile("idle"))
        piece.say(page, "two", fade_s=0.4)
        expect(page.locator("#lines p.shown")).to_have_css("opacity", "1")
        expect(page.locator("#lines p")).to_have_count(1)
        piece.say(page, "", "held", fade_s=0.4)
        expect(page.locator("#lines p")).to_have_count(0)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"


def test_nothing_serious_is_found_and_its_buttons_are_reached_by_keyboard(
    served: PageProcess, piece: Piece, browser: Browser
) -> None:
    with window(browser, SMALL_BEAMER, calm=True, language="de-DE") as page:
        page.goto(f"{served.address}stage")
        piece.say(page, "the sea is grey")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Vollbild")).to_be_focused()
        expect(page.locator("#bar")).to_have_css("opacity", "1")
        page.keyboard.press("Enter")
        wait_for(lambda: bool(page.evaluate("document.fullscreenElement !== null")), "the full screen")
        page.keyboard.press("f")
        wait_for(lambda: bool(page.evaluate("document.fullscreenElement === null")), "the window")
        found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in VIOLATIONS]
        assert not found
        assert page.locator("html").get_attribute("lang") == "de"


def test_bodies_are_drawn_behind_the_words_when_they_are_asked_for(
    served: PageProcess, piece: Piece, browser: Browser
) -> None:
    body = Body.from_arrays(pose().astype(np.float32), np.zeros((33, 3), np.float32))
    with window(browser, SMALL_BEAMER, calm=True) as page:
        page.goto(f"{served.address}stage")
        piece.say(page, "the sea is grey")
        expect(page.locator("#shadow")).to_be_hidden()
        page.keyboard.press("b")

        def drawn() -> bool:
            piece.poses.send(Pose(time.monotonic(), 1, 640, 480, (body,)))
            page.wait_for_timeout(30)
            return bool(page.locator("#shadow").evaluate(DRAWN) > 200)

        wait_for(drawn, "a body")
        page.reload()
        expect(page.locator("#shadow")).to_be_visible()


def test_a_piece_without_words_is_named_and_nothing_else_is_said_of_it(
    served: PageProcess, piece: Piece, browser: Browser
) -> None:
    with window(browser, SMALL_BEAMER, language="fr-FR") as page:
        page.goto(f"{served.address}stage")
        nothing = WordsMessage(time.monotonic(), "By the sea", spoken=False)
        piece.send_until(page, nothing, "#note", ["La pièce « By the sea » n’a pas de mots"])
        piece.say(page, "la mer")
        expect(page.locator("#note")).to_have_text("")


def test_the_stage_view_is_fetched_in_few_ways_and_the_page_does_not_wait_for_it(served: PageProcess) -> None:
    status, _, stage = served.get("/stage")
    _, _, index = served.get("/")
    assert status == 200
    assert b"projector" not in index
    named = {path.decode() for path in re.findall(rb'(?:src|href)="([\w./]+)"', stage)}
    assert all(served.get(f"/{path}")[0] == 200 for path in named)
    for path in (path for path in named if path.endswith(".js")):
        for inner in re.findall(rb'from "([\w./]+)"', served.get(f"/{path}")[2]):
            assert posixpath.normpath(f"{posixpath.dirname(path)}/{inner.decode()}").lstrip("/") in named, (path, inner)
