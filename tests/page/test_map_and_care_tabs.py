"""The tabs `map` and `care` in a real browser beside a real `gesturesynth run`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.page.address import address_file
from gesturesynth.runtime.messages import ConductorStatus, TrackerStatus
from tests.support.app_process import AppProcess
from tests.support.browser import PHONE, window
from tests.support.waiting import wait_for

SMALL_PHONE = (360, 740)
DRAWN = """canvas => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) drawn += data[i] > 200;
    return drawn;
}"""


@pytest.fixture(scope="module")
def running() -> Iterator[AppProcess]:
    with AppProcess("--source", "demo", "--audio", "null", "--preset", "theremin", "--page-port=0") as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        yield run
        assert run.stop() == 0


def open_tab(page: Page, running: AppProcess, name: str) -> None:
    page.goto(f"{address_file(running.runtime).read_text(encoding='utf-8')}#{name}")


def record_and_train(page: Page, running: AppProcess) -> None:
    open_tab(page, running, "teach")
    for number in (1, 2):
        page.locator(".tile").nth(number - 1).click()
        expect(page.locator(".tile").nth(number - 1)).to_have_attribute("aria-pressed", "true")
        hold = page.get_by_role("button", name="Hold to record")
        hold.hover()
        page.mouse.down()
        page.wait_for_timeout(1200)
        page.mouse.up()
        expect(page.locator(".tile").nth(number - 1)).to_contain_text("1 take")
    page.keyboard.press("t")
    running.until(ConductorStatus, lambda status: status.origins.get("pitch") == "taught", "the model")


def test_the_map_shows_examples_the_live_pose_and_the_pose_of_a_point(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        record_and_train(page, running)
        open_tab(page, running, "map")
        page.get_by_role("tab", name="Map").click()
        canvas = page.locator(".example-map > canvas")
        expect(page.locator(".map-side > p")).to_contain_text("examples. What is near")
        wait_for(lambda: canvas.evaluate(DRAWN) > 500, "the points")
        expect(page.locator(".legend li")).to_have_text(["1", "2"])
        page.get_by_label("Colours").select_option("pitch")
        expect(page.locator(".legend li").first).to_contain_text("Hz")
        canvas.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".judged > .pose-drawing")).to_contain_text("From take")
        wait_for(lambda: page.locator(".judged > .pose-drawing canvas").evaluate(DRAWN) > 100, "its skeleton")
        before = canvas.screenshot()
        wait_for(lambda: canvas.screenshot() != before, "the live pose moves")

        page.get_by_role("button", name="Evaluate").click()
        expect(page.locator(".judgement section").first).to_contain_text("Record 3 takes")
        page.get_by_role("button", name="Look at the last minutes").click()
        expect(page.locator(".judgement section").nth(1)).not_to_contain_text("Move for a while")


def test_staff_are_told_whether_all_is_well_and_what_to_do(running: AppProcess, browser: Browser) -> None:
    with window(browser, PHONE) as page:
        open_tab(page, running, "care")
        # `--audio null` sends no sound anywhere on purpose, so nothing is wrong.
        expect(page.locator(".sentence")).to_contain_text("All is well")
        expect(page.get_by_role("table", name="Processes")).to_contain_text("tracker")
        page.get_by_role("button", name="Mute").click()
        expect(page.locator(".sentence")).to_contain_text("muted", timeout=15000)
        page.get_by_role("button", name="Sound again").click()
        expect(page.locator(".sentence")).to_contain_text("All is well", timeout=15000)
    with window(browser, PHONE, language="de-DE") as page, CommandClient(folder=running.runtime) as shell:
        open_tab(page, running, "care")
        expect(page.locator(".sentence")).to_contain_text("Alles ist gut. „Air theremin“ spielt.")
        for ahead_s, said in ((0.03, "Der Klang folgt dem Körper, wie er in 30 ms sein wird."), (0.0, "")):
            shell.ask(call("predict", [ahead_s], COMMAND_LINE), 20.0)
            expect(page.locator(".predicted")).to_have_text(said)


@pytest.mark.parametrize("language", ["de-DE", "fr-FR"])
def test_all_tabs_are_in_view_on_a_small_phone_in_the_longest_words(
    running: AppProcess, browser: Browser, language: str
) -> None:
    with window(browser, SMALL_PHONE, language=language) as page:
        open_tab(page, running, "play")
        expect(page.locator("#tabs button").last).to_be_visible()
        hidden = page.locator("#tabs").evaluate("list => list.scrollWidth - list.clientWidth")
        assert hidden <= 0, f"{hidden} pixels of the tabs are cut off"
    with window(browser, PHONE) as page:
        open_tab(page, running, "care")
        pid = running.until(TrackerStatus, lambda _: True, "a tracker").pid
        os.kill(pid, signal.SIGKILL)
        running.until(TrackerStatus, lambda status: status.pid != pid, "the tracker's next life")
        expect(page.locator(".staff")).to_contain_text("Last fault: tracker", timeout=20000)
        page.get_by_text("Log: the last 200 lines").click()
        expect(page.locator(".log")).to_contain_text("tracker started")


def test_the_doctor_is_asked_from_the_page(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_tab(page, running, "care")
        page.get_by_role("button", name="Ask the doctor").click()
        expect(page.locator(".findings li").first).to_be_visible(timeout=120000)
        expect(page.locator(".findings")).to_contain_text("libraries")
        expect(page.get_by_role("button", name="Ask the doctor")).to_be_enabled()


def test_the_last_hour_is_drawn(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_tab(page, running, "care")
        figure = page.locator("figure", has_text="Poses a second")
        expect(figure.locator("strong")).not_to_have_text("–", timeout=30000)
        wait_for(lambda: figure.locator("canvas").evaluate(DRAWN) > 0, "the graph")
        assert "Poses a second:" in (figure.locator("canvas").get_attribute("aria-label") or "")
