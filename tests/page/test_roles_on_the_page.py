"""What a paired device sees by its role, in a real browser beside a real `gesturesynth run`.

The browser is of this computer, which may do everything: the greeting that tells its role is changed on its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from gesturesynth.page.address import address_file
from tests.support.app_process import AppProcess
from tests.support.browser import chromium, window
from tests.support.waiting import wait_for


@pytest.fixture(scope="module")
def running() -> Iterator[AppProcess]:
    with AppProcess("--source", "demo", "--audio", "null", "--preset", "delta", "--page-port=0") as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        yield run
        assert run.stop() == 0


@contextmanager
def device(browser: Browser, running: AppProcess, role: str) -> Iterator[tuple[Page, str]]:
    def changed(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(
            lambda frame: socket.send(
                frame.replace('"role":"teach"', f'"role":"{role}"') if isinstance(frame, str) else frame
            )
        )

    with window(browser) as page:
        page.route_web_socket("**/live", changed)
        yield page, address_file(running.runtime).read_text(encoding="utf-8")


@pytest.mark.parametrize("role", ["look", "play"])
def test_what_a_device_may_not_do_is_off_and_says_why(running: AppProcess, role: str) -> None:
    with chromium() as browser, device(browser, running, role) as (page, address):
        page.goto(f"{address}#piece")
        expect(page.locator(".edit-state")).to_contain_text("not paired to teach")
        expect(page.get_by_role("button", name="Keep")).to_be_disabled()
        expect(page.get_by_role("button", name="Mute").first).to_be_enabled(enabled=role == "play")
        page.get_by_role("tab", name="Teach").click()
        expect(page.locator(".take-list")).to_contain_text("not paired to teach")
        expect(page.get_by_role("button", name="Train")).to_be_disabled()
        expect(page.locator(".scenes button").first).to_be_enabled(enabled=role == "play")
        page.get_by_role("tab", name="Map").click()
        expect(page.locator(".map-side > p")).not_to_have_text("", timeout=20_000)
        expect(page.locator(".map-side > p")).not_to_contain_text("may")
        expect(page.get_by_role("button", name="Evaluate")).to_be_disabled()
        page.get_by_role("tab", name="Care").click()
        expect(page.locator(".sentence")).to_contain_text("All is well")
        expect(page.get_by_role("button", name="Ask the doctor")).to_be_enabled(enabled=role == "play")
