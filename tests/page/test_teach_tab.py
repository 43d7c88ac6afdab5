"""Teaching in a real browser beside a real `gesturesynth run`: the whole minute, with its sound recorded; the takes."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from gesturesynth.page.address import address_file
from gesturesynth.runtime.messages import ConductorStatus
from tests.support.app_process import AppProcess
from tests.support.browser import PHONE, window
from tests.support.waiting import wait_for

FLAGS = ("--source", "demo", "--audio", "null", "--preset", "theremin", "--page-port=0")


@pytest.fixture(scope="module")
def running() -> Iterator[AppProcess]:
    with AppProcess(*FLAGS) as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        yield run
        assert run.stop() == 0


def open_tab(page: Page, running: AppProcess) -> None:
    page.goto(address_file(running.runtime).read_text(encoding="utf-8") + "#teach")
    expect(page.get_by_role("group", name="Snapshots")).to_be_visible()


def record_by_holding(page: Page, number: int, seconds: float) -> None:
    page.locator(".tile").nth(number - 1).click()
    hold = page.get_by_role("button", name="Hold to record")
    expect(hold).to_be_enabled()
    hold.hover()
    page.mouse.down()
    expect(page.locator(".count-down")).to_contain_text("s left")
    page.wait_for_timeout(1000 * seconds)
    page.mouse.up()
    expect(page.locator(".tile").nth(number - 1)).to_contain_text("1 take")


def longest_tone_s(path: Path, hz: float) -> float:
    """For how long a tone is the strongest of the recording, in a row, seconds; within a quarter tone."""
    with wave.open(str(path)) as file:
        rate, width = file.getframerate(), file.getsampwidth()
        data = file.readframes(file.getnframes())
    if width == 3:  # 24 bits: the upper three bytes of 32
        raw = np.frombuffer(data, np.uint8).reshape(-1, 3)
        samples = np.concatenate([np.zeros((len(raw), 1), np.uint8), raw], axis=1).view("<i4").ravel()
    else:
        samples = np.frombuffer(data, f"<i{width}").astype(np.int32)
    sound = samples[::2].astype(float)
    window_frames = rate // 8
    best = run = 0
    for start in range(0, len(sound) - window_frames, window_frames):
        piece = sound[start : start + window_frames]
        strength = np.abs(np.fft.rfft(piece * np.hanning(window_frames), 4 * window_frames))
        heard = strength.argmax() * rate / (4 * window_frames)
        loud = np.abs(piece).max() > 1e-3 * np.iinfo(np.int32).max if width == 3 else np.abs(piece).max() > 30
        run = run + 1 if loud and abs(1200 * np.log2(max(heard, 1) / hz)) < 50 else 0
        best = max(best, run)
    return best / 8


def test_the_minute_is_taught_on_the_page_and_heard(browser: Browser, tmp_path: Path) -> None:
    sound = tmp_path / "minute.wav"
    with AppProcess(*FLAGS, "--record", str(sound)) as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        with window(browser, PHONE) as page:
            open_tab(page, run)
            expect(page.get_by_role("button", name="Record", exact=True)).to_be_disabled()
            record_by_holding(page, 1, 1.5)
            record_by_holding(page, 3, 1.5)
            page.get_by_role("button", name="Train").click()
            status = run.until(ConductorStatus, lambda status: status.origins.get("pitch") == "taught", "the new model")
            assert status.session.takes == {"1": 1, "3": 1}
            expect(page.locator("#message")).to_contain_text("Trained")
            expect(page.locator(".take")).to_have_count(2)
            page.get_by_role("button", name="Undo").click()
            expect(page.locator(".tile").nth(2)).to_contain_text("0 takes")
            page.get_by_role("button", name="Redo").click()
            expect(page.locator(".tile").nth(2)).to_contain_text("1 take")
        assert run.stop() == 0
    assert longest_tone_s(sound, 164.8) > 1.0, "snapshot 1 was heard while it was taught"
    assert longest_tone_s(sound, 880.0) > 1.0, "and snapshot 3"


def test_keys_of_the_terminal_work_on_the_page(running: AppProcess, browser: Browser) -> None:
    with window(browser) as page:
        open_tab(page, running)
        page.keyboard.press("2")
        expect(page.locator(".tile").nth(1)).to_have_attribute("aria-pressed", "true")
        page.locator("body").click(position={"x": 5, "y": 5})
        page.keyboard.press("Space")
        running.until(ConductorStatus, lambda status: status.session.phase == "countdown", "the countdown")
        expect(page.locator(".count-down")).not_to_be_empty()
        page.keyboard.press("Escape")
        running.until(ConductorStatus, lambda status: status.session.phase == "playing", "its end")


def test_takes_are_listened_to_relabelled_trimmed_switched_off_deleted_and_restored(
    running: AppProcess, browser: Browser
) -> None:
    with window(browser) as page:
        open_tab(page, running)
        record_by_holding(page, 1, 2.0)
        card = page.locator(".take").first
        expect(card.get_by_text("Take 1: Snapshot 1")).to_be_visible()
        drawn = (
            "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(v => v > 0)"
        )
        wait_for(lambda: card.locator("canvas").evaluate(drawn), "the drawing of the take")

        card.get_by_role("button", name="Look").click()
        expect(card.locator(".film")).to_contain_text("pitch")
        assert not running.until(ConductorStatus, lambda _: True, "a status").session.played_take, "nothing is heard"
        expect(card.locator(".film")).to_be_empty(timeout=10000)
        card.get_by_role("button", name="Listen").click()
        running.until(ConductorStatus, lambda status: status.session.played_take == 1, "the take plays")
        card.get_by_role("button", name="End").click()
        running.until(ConductorStatus, lambda status: status.session.played_take == 0, "its end")

        card.get_by_role("combobox").select_option("2")
        running.until(ConductorStatus, lambda status: status.session.takes == {"2": 1}, "the new label")
        expect(card.get_by_text("Take 1: Snapshot 2")).to_be_visible()

        before = card.locator(".about-take").text_content()
        start = card.get_by_role("slider", name="where it begins")
        start.focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        expect(card.locator(".about-take")).not_to_have_text(before or "")
        expect(card.locator("output")).to_contain_text("0.50")

        card.get_by_role("button", name="On").click()
        expect(card.get_by_role("button", name="Off")).to_have_attribute("aria-pressed", "false")
        card.get_by_role("button", name="Off").click()
        card.get_by_role("button", name="Delete").click()
        running.until(ConductorStatus, lambda status: not status.session.takes, "it is gone")
        card.get_by_role("button", name="Restore").click()
        running.until(ConductorStatus, lambda status: status.session.takes == {"2": 1}, "it is back")
        # What cannot be undone in one step asks first.
        page.get_by_text("More", exact=True).click()
        page.get_by_role("button", name="Delete all takes").click()
        page.get_by_role("button", name="Yes").click()
        running.until(ConductorStatus, lambda status: not status.session.takes, "all are gone")


FOCUSED = "document.activeElement.textContent"


def test_the_focus_of_the_keyboard_stays_when_targets_and_takes_are_added(
    running: AppProcess, browser: Browser
) -> None:
    with window(browser) as page, window(browser) as other:
        for one in (page, other):
            open_tab(one, running)
        tiles = page.locator(".tile").count()
        page.locator(".tile").nth(1).focus()
        other.get_by_role("button", name="Save", exact=False).first.click()  # a snapshot more
        expect(page.locator(".tile")).to_have_count(tiles + 1)
        assert str(page.evaluate(FOCUSED)).startswith("2")

        record_by_holding(other, 3, 1.0)
        page.get_by_role("button", name="Delete", exact=True).first.focus()
        marked = page.evaluate("document.activeElement.dataset.marked = '1'")
        assert marked == "1"
        takes = page.locator(".take").count()
        record_by_holding(other, 4, 1.0)
        expect(page.locator(".take")).to_have_count(takes + 1)
        wait_for(lambda: page.evaluate("document.activeElement.dataset.marked") == "1", "the focus, after the take")
