"""`python -m tests.screenshots`: pictures of the page for docs/page.md, from a real run with the demo performer.

They are of our own page alone, and small: at most MOST_BYTES together. Two sounds are taught on the page first, so that
the list of takes and the map have something to show.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from gesturesynth.page.address import address_file
from tests.support.app_process import AppProcess
from tests.support.browser import LAPTOP, PHONE, chromium, window
from tests.support.waiting import wait_for

FOLDER: Final = Path(__file__).parents[1] / "docs"
MOST_BYTES: Final = 300_000
QUALITY: Final = 62
"""Of JPEG, percent: letters stay sharp."""
FILLED_MS: Final = 16_000
"""Until the spectrogram is full."""
HELD_MS: Final = 2500
SHORT_PATH: Final = """for (const one of document.querySelectorAll('.edit-state')) {
    one.textContent = one.textContent.replace(/^.*[/]presets[/]/, 'presets/');
}"""
"""Where the program lies on this computer is not for a picture."""
PICTURES: Final = (
    ("page-phone.jpg", "play", PHONE, False),
    ("page-teach.jpg", "teach", LAPTOP, False),
    ("page-map.jpg", "map", LAPTOP, True),
    ("page-piece.jpg", "piece", PHONE, False),
    ("page-care.jpg", "care", PHONE, True),
)
STAGE: Final = "page-stage.jpg"
AWAKE_MS: Final = 5000
"""Until the buttons are gone."""


def main() -> None:
    """Makes them."""
    with AppProcess("--source", "demo", "--audio", "null", "--page-port=0") as run, chromium() as browser:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        address = address_file(run.runtime).read_text(encoding="utf-8")
        with window(browser) as page:
            page.goto(f"{address}#teach")
            teach(page)
        for name, tab, size, dark in PICTURES:
            with window(browser, size, dark=dark) as page:
                page.goto(f"{address}#{tab}")
                page.wait_for_timeout(FILLED_MS)
                if page.locator(".stage").count():
                    expect(page.locator(".stage .note").first).to_be_empty(timeout=30_000)
                page.evaluate(SHORT_PATH)
                page.screenshot(path=FOLDER / name, type="jpeg", quality=QUALITY)
                print(f"{name}: {(FOLDER / name).stat().st_size} bytes")
        run.stop()
    stage()
    total = sum((FOLDER / name).stat().st_size for name in (*(name for name, *_ in PICTURES), STAGE))
    assert total < MOST_BYTES, f"{total} bytes are too much"


def stage() -> None:
    """The stage view of the piece with words, bodies behind them."""
    with AppProcess("--source", "demo", "--audio", "null", "--page-port=0", "--preset", "vigil") as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        with chromium() as browser, window(browser, (960, 540)) as page:
            page.goto(f"{address_file(run.runtime).read_text(encoding='utf-8')}stage#bodies")
            page.wait_for_timeout(AWAKE_MS)
            long = page.locator("#lines p.shown", has_text=re.compile("(.* ){5}"))
            expect(long).to_have_css("opacity", "1", timeout=90_000)
            page.screenshot(path=FOLDER / STAGE, type="jpeg", quality=QUALITY)
        run.stop()


def teach(page: Page) -> None:
    """Two takes for each of the three sounds, and a training."""
    for number in (1, 2, 3, 1, 2, 3):
        page.locator(".tile").nth(number - 1).click()
        hold = page.get_by_role("button", name="Hold to record")
        expect(hold).to_be_enabled()
        hold.hover()
        page.mouse.down()
        page.wait_for_timeout(HELD_MS)
        page.mouse.up()
        expect(page.locator("#message")).to_contain_text("saved")
    page.get_by_role("button", name="Train").click()
    expect(page.locator("#message")).to_contain_text("Trained", timeout=20_000)


if __name__ == "__main__":
    main()
