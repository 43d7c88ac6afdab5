"""The page for everybody: axe-core finds nothing serious, and everything can be reached by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gesturesynth.page.address import address_file
from tests.support.app_process import AppProcess
from tests.support.browser import LAPTOP, PHONE, window
from tests.support.waiting import wait_for

SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with AppProcess("--source", "demo", "--audio", "null", "--page-port=0") as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        yield address_file(run.runtime).read_text(encoding="utf-8")
        assert run.stop() == 0


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("meter", name="pitch")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_nothing_serious_is_found_on_any_tab(
    address: str, browser: Browser, size: tuple[int, int], *, dark: bool
) -> None:
    with window(browser, size, dark=dark) as page:
        open_page(page, address)
        tabs = [tab.text_content() for tab in page.get_by_role("tab").all() if tab.is_visible()]
        found = {}
        for name in tabs or [""]:
            if name:
                page.get_by_role("tab", name=name, exact=True).click()
            page.wait_for_timeout(300)
            for violation in Axe().run(page).response["violations"]:
                if violation["impact"] in SERIOUS:
                    found[name, violation["id"]] = [node["html"][:120] for node in violation["nodes"][:3]]
        assert not found


def test_every_control_is_reached_by_the_keyboard_and_seen(address: str, browser: Browser) -> None:
    with window(browser) as page:
        open_page(page, address)
        controls = page.locator("#panel-play :is(button, input, a):visible").count()
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    """() => {
                        const one = document.activeElement;
                        const inside = one.closest('#panel-play');
                        const seen = getComputedStyle(one).outlineStyle !== 'none';
                        return inside && seen ? one.id || one.textContent : '';
                    }"""
                )
            )
        assert len(reached - {""}) == controls >= 5


def test_who_asks_for_less_motion_gets_it(address: str, browser: Browser) -> None:
    """The skeleton is drawn where it is, and only when a pose has come: 30 times a second, not 60."""
    with window(browser, calm=True) as page:
        open_page(page, address)
        drawn = page.evaluate(
            """async () => {
                const prototype = CanvasRenderingContext2D.prototype;
                const original = prototype.clip;
                let count = 0;
                prototype.clip = function (...all) { count++; return original.apply(this, all); };
                await new Promise((done) => setTimeout(done, 2000));
                prototype.clip = original;
                return count;
            }"""
        )
        assert 0 < drawn <= 70
