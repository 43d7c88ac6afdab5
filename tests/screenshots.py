"""`python -m tests.screenshots`: pictures of the page for docs/page.md, from a real run with the demo performer.

They are of our own page alone, and small: at most MOST_BYTES together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import expect

from gesturesynth.page.address import address_file
from tests.support.app_process import AppProcess
from tests.support.browser import LAPTOP, PHONE, chromium, window
from tests.support.waiting import wait_for

FOLDER: Final = Path(__file__).parents[1] / "docs"
MOST_BYTES: Final = 300_000
FILLED_MS: Final = 16_000
"""Until the spectrogram is full."""
PICTURES: Final = (("page-phone.png", PHONE, False), ("page-laptop.png", LAPTOP, True))


def main() -> None:
    """Makes them."""
    files = [FOLDER / name for name, _, _ in PICTURES]
    with AppProcess("--source", "demo", "--audio", "null", "--page-port=0") as run, chromium() as browser:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        address = address_file(run.runtime).read_text(encoding="utf-8")
        for file, (_, size, dark) in zip(files, PICTURES, strict=True):
            with window(browser, size, dark=dark) as page:
                page.goto(address)
                expect(page.get_by_role("meter", name="pitch")).to_be_visible()
                page.wait_for_timeout(FILLED_MS)
                expect(page.locator(".stage .note")).to_be_empty(timeout=30_000)
                page.screenshot(path=file)
                print(f"{file}: {file.stat().st_size} bytes")
        run.stop()
    total = sum(file.stat().st_size for file in files)
    assert total < MOST_BYTES, f"{total} bytes are too much"


if __name__ == "__main__":
    main()
