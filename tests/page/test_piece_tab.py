"""The preset as a form and as a text, in a real browser beside a real `gesturesynth run`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.page.address import address_file
from gesturesynth.runtime.messages import ConductorStatus, Sound
from tests.support.app_process import AppProcess
from tests.support.browser import PHONE, window
from tests.support.waiting import wait_for

SHIPPED = Path(__file__).parents[2] / "presets" / "theremin.yaml"


@pytest.fixture(scope="module")
def started() -> Iterator[AppProcess]:
    with AppProcess("--source", "demo", "--audio", "null", "--preset", "theremin", "--page-port=0") as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        yield run
        assert run.stop() == 0


@pytest.fixture
def running(started: AppProcess) -> Iterator[AppProcess]:
    """One for all tests; what a test has edited is let go of at its end."""
    yield started
    with CommandClient(folder=started.runtime) as client:
        client.ask(call("back", [], COMMAND_LINE), 20.0)
    started.until(ConductorStatus, lambda status: not edited(status), "no edits")


def open_tab(page: Page, running: AppProcess) -> None:
    page.goto(address_file(running.runtime).read_text(encoding="utf-8") + "#piece")
    expect(page.locator("#field-name")).to_have_value("Air theremin")


def value(page: Page, path: str) -> Locator:
    return page.locator(f"#field-{path.replace('.', '-')}")


def edited(status: ConductorStatus) -> bool:
    return status.edit.edited


def vibrato(sound: Sound) -> float | None:
    return next((one.fixed.get("vibrato") for one in sound.scene.instruments if one.name == "theremin"), None)


def test_a_slider_moves_the_sound_while_it_moves(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_tab(page, running)
        slider = page.locator(".field", has=value(page, "instruments.theremin.vibrato")).get_by_role("slider")
        slider.focus()
        page.keyboard.press("End")
        running.until(Sound, lambda sound: vibrato(sound) == 2.0, "the top of the range")
        page.get_by_role("button", name="Back").click()
        running.until(Sound, lambda sound: vibrato(sound) == 0.5, "the file's value again")
        expect(value(page, "instruments.theremin.vibrato")).to_have_value("0.5")


def test_what_is_wrong_is_said_at_its_field_and_what_played_plays_on(running: AppProcess, browser: Browser) -> None:
    with window(browser, PHONE) as page:
        open_tab(page, running)
        field = value(page, "outputs.pitch.range")
        field.fill("[20, 880]")
        field.press("Enter")
        error = page.locator("#field-outputs-pitch-range-error")
        expect(error).to_contain_text("outputs.pitch.range")
        expect(error).to_contain_text("55")
        expect(field).to_have_attribute("aria-invalid", "true")
        assert not edited(running.until(ConductorStatus, lambda _: True, "a status"))


def test_an_instrument_is_added_and_removed(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_tab(page, running)
        instruments = page.locator(".part", has=page.locator("> summary", has_text="instruments")).first
        instruments.locator("> .adder select").select_option("bells")
        instruments.locator("> .adder").get_by_role("button", name="Add").click()
        running.until(
            Sound, lambda sound: {one.name for one in sound.scene.instruments} == {"theremin", "bells"}, "the bells"
        )
        expect(page.get_by_role("button", name="Remove bells")).to_be_visible()
        expect(page.locator("#add-instruments")).to_be_focused()  # the form was built again
        page.get_by_role("button", name="Remove bells").click()
        running.until(Sound, lambda sound: [one.name for one in sound.scene.instruments] == ["theremin"], "their end")
        expect(page.locator("#part-instruments")).to_be_focused()


def test_the_text_has_its_errors_at_their_lines(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_tab(page, running)
        page.get_by_role("button", name="Text").click()
        area = page.get_by_role("textbox", name="Text")
        text = area.input_value()
        assert text == SHIPPED.read_text()
        area.fill(text.replace("glide: 80 ms", "glide: 80 mz").replace("name: Air theremin", "name: Mine"))
        line = 1 + text[: text.index("glide: 80 ms")].count("\n")
        expect(page.locator(".numbers .wrong")).to_have_text(str(line))
        expect(page.locator(".problems")).to_contain_text("'mz'")
        expect(page.get_by_role("button", name="Hear it")).to_be_disabled()
        page.locator(".problems").get_by_role("button").click()
        expect(area).to_be_focused()
        area.fill(text.replace("name: Air theremin", "name: Mine"))
        expect(page.locator(".numbers .wrong")).to_have_count(0)
        area.press("Control+Enter")
        running.until(ConductorStatus, lambda status: status.preset == "Mine" and edited(status), "the text plays")


def test_a_change_is_heard_at_once_and_keep_writes_only_its_line(running: AppProcess, browser: Browser) -> None:
    """The last test: afterwards the piece is another one."""
    with window(browser) as page:
        open_tab(page, running)
        expect(page.get_by_role("button", name="Keep")).to_be_disabled()
        value(page, "instruments.theremin.vibrato").fill("1.5 %")
        value(page, "instruments.theremin.vibrato").press("Enter")
        running.until(Sound, lambda sound: vibrato(sound) == 1.5, "the new value in the engine")
        running.until(ConductorStatus, edited, "the edit")
        expect(page.locator(".edit-state")).to_contain_text("not kept")

        page.get_by_role("button", name="Keep").click()
        running.until(ConductorStatus, lambda status: not edited(status), "it is kept")
        expect(page.locator(".edit-state")).not_to_contain_text(str(SHIPPED))
        kept = Path(page.locator(".edit-state").text_content() or "")
        changes = [
            line
            for line in difflib.ndiff(SHIPPED.read_text().splitlines(), kept.read_text().splitlines())
            if line[0] in "+-"
        ]
        assert changes == ["-   theremin: {vibrato: 0.5}", "+   theremin: {vibrato: 1.5 %}"]
