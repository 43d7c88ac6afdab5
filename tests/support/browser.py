"""A real Chromium without a window, driven by playwright: Debian's `chromium`, never a downloaded one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE: Final = (390, 844)
LAPTOP: Final = (1366, 768)
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; fails where Debian's chromium is not installed (`.ci/setup test` installs it)."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: run `.ci/setup test`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def window(
    browser: Browser,
    size: tuple[int, int] = LAPTOP,
    *,
    language: str = "en-GB",
    dark: bool = False,
    calm: bool = False,
) -> Iterator[Page]:
    """A window with a fresh profile; fails at the end when a script of the page has failed.

    Args:
        browser: from `chromium`.
        size: in CSS pixels.
        language: of its user.
        dark: the user prefers dark colours.
        calm: the user prefers reduced motion.
    """
    context: BrowserContext = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if calm else "no-preference",
        has_touch=size[0] < 600,
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # A browser reports what the page itself expects and shows: a connection that is lost.
    expected = ("WebSocket", "ERR_CONNECTION_REFUSED")
    page.on(
        "console",
        lambda said: (
            errors.append(said.text)
            if said.type == "error" and not any(word in said.text for word in expected)
            else None
        ),
    )
    yield page
    context.close()
    assert not errors, errors
