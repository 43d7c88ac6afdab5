"""The web page in a real Chromium: how soon it is seen on a phone, and how soon one browser sees what another did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Browser, Page

from gesturesynth.page.address import address_file
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Plan
from tests.support.app_process import AppProcess
from tests.support.browser import PHONE, chromium, window
from tests.support.waiting import wait_for

TITLE = "The web page in browsers"
SLOWER: Final = 4
"""A phone's processor, as Chromium's throttle plays it."""
AIM_PAINT_MS: Final = 1000.0
AIM_SEEN_MS: Final = 100.0
NAME: Final = ".piece-name:not(:empty)"
WATCH: Final = """() => {
    window.seen = [];
    const mute = document.querySelector('.controls button[aria-pressed]');
    const note = () => window.seen.push(performance.timeOrigin + performance.now());
    document.addEventListener('click', note, true);
    new MutationObserver(note).observe(mute, {attributes: true, attributeFilter: ['aria-pressed']});
}"""
"""Notes when the mute button is pressed, and when it shows another state: all browsers have one clock."""


def measure(plan: Plan) -> Iterator[Figure]:
    """First paints, then the delay from a click in one browser to the change in the other."""
    with AppProcess("--source", "demo", "--audio", "null", "--preset", "theremin", "--page-port=0") as running:
        running.wait_until_playing()
        wait_for(address_file(running.runtime).exists, "the page")
        address = address_file(running.runtime).read_text(encoding="utf-8")
        with chromium() as browser:
            paints = [_first_paint_ms(browser, address) for _ in range(plan.choose(20, 3))]
            note = f"a phone's window, a processor {SLOWER} times slower, nothing in the cache"
            yield of("first contentful paint", "ms", [first for first, _ in paints], aim_median=AIM_PAINT_MS, note=note)
            yield of(
                "the piece is shown",
                "ms",
                [useful for _, useful in paints],
                note="likewise, by the conductor's message",
            )
            seen = _seen_ms(browser, address, plan.choose(100, 6))
            yield of("a click in one browser is seen in another", "ms", seen, aim_p99=AIM_SEEN_MS, note="of two open")


def _first_paint_ms(browser: Browser, address: str) -> tuple[float, float]:
    """From the beginning of the navigation to the first paint, and to the name of the piece, milliseconds."""
    with window(browser, PHONE) as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address, wait_until="commit")
        page.locator(NAME).wait_for(timeout=60_000)
        useful = float(page.evaluate("performance.now()"))
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return float(paint), useful


def _seen_ms(browser: Browser, address: str, count: int) -> list[float]:
    with window(browser) as first, window(browser) as second:
        for page in (first, second):
            page.goto(address)
            page.locator(NAME).wait_for(timeout=60_000)
            page.evaluate(WATCH)
        mute = first.locator(".controls button[aria-pressed]")
        delays = []
        for number in range(1, count + 1):
            mute.click()
            wait_for(lambda number=number: _times(second) >= number, "the change")  # type: ignore[misc]
            wait_for(lambda number=number: _times(first) >= 2 * number, "its own change")  # type: ignore[misc]
            clicked = first.evaluate(f"window.seen[{2 * number - 2}]")
            delays.append(float(second.evaluate(f"window.seen[{number - 1}]") - clicked))
    return delays


def _times(page: Page) -> int:
    return int(page.evaluate("window.seen.length"))
