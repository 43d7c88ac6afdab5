"""The page in a real browser beside a real `gesturesynth run`: what is drawn, and what its buttons do."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from gesturesynth.page.address import address_file
from gesturesynth.runtime.messages import ConductorStatus
from tests.support.app_process import AppProcess
from tests.support.browser import LAPTOP, PHONE, window
from tests.support.waiting import wait_for

DARK_PIXELS = """canvas => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 0; i < data.length; i += 4) drawn += data[i + 3] > 0 && data[i] + data[i + 1] + data[i + 2] < 400;
    return drawn;
}"""
"""How many pixels of a canvas are of the skeleton, in bright colours."""


@pytest.fixture(scope="module")
def running() -> Iterator[AppProcess]:
    with AppProcess("--source", "demo", "--audio", "null", "--page-port=0") as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        yield run
        assert run.stop() == 0
        run.assert_nothing_is_left()


def open_page(page: Page, running: AppProcess) -> None:
    page.goto(address_file(running.runtime).read_text(encoding="utf-8"))


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
def test_the_body_and_the_outputs_are_drawn(running: AppProcess, browser: Browser, size: tuple[int, int]) -> None:
    with window(browser, size) as page:
        open_page(page, running)
        expect(page.locator(".piece-name")).to_have_text("Air theremin")
        expect(page.locator(".about")).to_contain_text("Right hand is pitch")
        expect(page.get_by_role("meter", name="pitch")).to_be_visible()
        expect(page.locator(".outputs li").first.locator(".value")).to_contain_text("Hz")
        wait_for(lambda: page.locator(".stage canvas").evaluate(DARK_PIXELS) > 200, "a skeleton")
        wait_for(lambda: page.locator(".spectrogram canvas").evaluate(DARK_PIXELS) > 200, "a spectrum")
        # Nothing is cut off at the side, and what is touched is large enough.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for box in [one.bounding_box() for one in page.locator("#panel-play").get_by_role("button").all()]:
            assert box
            assert min(box["width"], box["height"]) >= 44


def with_voices(route: WebSocketRoute) -> None:
    """Between page and browser: the statuses get two voices of four, as of a piece for several persons."""
    server = route.connect_to_server()

    def change(message: str | bytes) -> None:
        if isinstance(message, str) and message.startswith('{"topic":"conductor"'):
            frame = json.loads(message)
            status = frame["message"]
            common = {"recognised": "", "confidence": 1.0, "outputs": status["outputs"]}
            shares = ((0, True, 1.0), (7, True, 0.5), (3, False, 0.0), (0, False, 0.0))
            status["voices"] = [
                {"voice": number, "person": person, "present": present, "share": share, "leads": number == 1, **common}
                for number, (person, present, share) in enumerate(shares, 1)
            ]
            message = json.dumps(frame)
        route.send(message)

    server.on_message(change)
    route.on_message(server.send)


def test_outputs_of_each_voice_stand_under_its_name(running: AppProcess, browser: Browser) -> None:
    with window(browser, PHONE, language="de-DE") as page:
        page.route_web_socket("**", with_voices)
        open_page(page, running)
        expect(page.locator(".outputs .voice")).to_have_text(["Stimme 1", "Stimme 2: Person 7"])
        expect(page.get_by_role("meter", name="pitch, Stimme 2")).to_be_visible()
        expect(page.locator(".play .state").first).to_have_text("2 Personen spielen")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_whose_scripts_come_after_the_first_messages_is_complete(running: AppProcess, browser: Browser) -> None:
    def late(route: Route) -> None:
        time.sleep(1.0)
        route.continue_()

    with window(browser, PHONE) as page:
        page.route("**/app.js", late)
        open_page(page, running)
        expect(page.locator(".piece-name")).to_have_text("Air theremin")
        expect(page.get_by_role("tab", name="Teach")).to_be_visible()


def test_buttons_are_commands_and_two_browsers_see_the_same(running: AppProcess, browser: Browser) -> None:
    with window(browser) as first, window(browser, PHONE, language="de-DE") as second:
        open_page(first, running)
        open_page(second, running)
        first.get_by_role("button", name="Mute").click()
        running.until(ConductorStatus, lambda status: status.session.muted, "mute")
        expect(second.get_by_role("button", name="Wieder laut")).to_have_attribute("aria-pressed", "true")
        second.get_by_role("button", name="Wieder laut").tap()
        expect(first.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "false")

        second.get_by_role("button", name="Not-Aus").tap()
        running.until(ConductorStatus, lambda status: status.session.panic, "panic")
        first.get_by_role("button", name="Release").click()
        running.until(ConductorStatus, lambda status: not status.session.panic, "release")

        first.get_by_label("Volume").focus()
        first.keyboard.press("Home")
        running.until(ConductorStatus, lambda status: status.session.volume_db == -60.0, "the volume")
        expect(second.locator(".fader output")).to_have_text("−60.0 dB")
        first.keyboard.press("End")

        first.get_by_role("button", name="Next").click()
        running.until(ConductorStatus, lambda status: status.preset != "Air theremin", "another preset")
        expect(first.locator(".piece-name")).not_to_have_text("Air theremin")
        assert first.locator(".piece-name").text_content() == second.locator(".piece-name").text_content()
        first.get_by_role("button", name="Previous").click()
        running.until(ConductorStatus, lambda status: status.preset == "Air theremin", "the theremin")


def test_a_lost_connection_is_said_and_comes_back(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_page(page, running)
        expect(page.get_by_role("meter", name="pitch")).to_be_visible()
        port = address_file(running.runtime).read_text(encoding="utf-8")
        child = child_process(running, "page")
        os.kill(child, signal.SIGSTOP)
        os.kill(child, signal.SIGKILL)
        expect(page.locator("#lost")).to_have_text("Connection lost")
        wait_for(lambda: address_of(running) not in {"", port}, "the page's next life")
        # Its port was any that is free, so this browser cannot find it by itself.
        open_page(page, running)
        expect(page.get_by_role("meter", name="pitch")).to_be_visible()


def test_a_conductor_that_starts_again_is_found(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_page(page, running)
        expect(page.get_by_role("meter", name="pitch")).to_be_visible()
        killed = child_process(running, "conductor")
        os.kill(killed, signal.SIGKILL)
        running.until(ConductorStatus, lambda status: status.pid != killed, "the conductor's next life")
        expect(page.locator("#lost")).to_be_hidden()
        page.get_by_role("button", name="Mute").click()
        running.until(ConductorStatus, lambda status: status.session.muted, "mute")
        page.get_by_role("button", name="Sound again").click()


def child_process(running: AppProcess, name: str) -> int:
    assert running.process
    for child in psutil.Process(running.process.pid).children(recursive=True):
        if "gesturesynth" in child.cmdline() and name in child.cmdline():
            return child.pid
    raise AssertionError(f"there is no process {name}")


def address_of(running: AppProcess) -> str:
    try:
        return address_file(running.runtime).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
