"""The page in a real Firefox beside a real `gesturesynth run`: every tab, and a take from the button to its drawing."""

from __future__ import annotations

from functools import partial

from gesturesynth.page.address import address_file
from gesturesynth.runtime.messages import ConductorStatus
from tests.support.app_process import AppProcess
from tests.support.firefox import Firefox, firefox
from tests.support.waiting import wait_for

DRAWN = """(() => {
    const canvas = document.querySelector('%s');
    if (!canvas?.width || !canvas.height) return 0;
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0;
    return drawn;
})()"""
"""How many pixels of a canvas are not empty."""


def text_of(selector: str) -> str:
    return f"(document.querySelector('{selector}')?.textContent ?? '')"


def show(browser: Firefox, tab: str) -> None:
    browser.evaluate(f"location.hash = '{tab}'")
    browser.wait_until(f"document.querySelector('#panel-{tab}')?.hidden === false", f"the tab {tab}")


def taken(browser: Firefox, run: AppProcess, number: int) -> bool:
    """Whether a take was kept that was recorded for as long as the button was held; the performer may be away."""
    run.until(ConductorStatus, lambda status: status.present, "the performer")
    browser.press(".hold", hold_s=1.2)
    status = run.until(ConductorStatus, lambda status: status.session.last_command == "hold off", "the end of the take")
    return run.until(ConductorStatus, lambda later: later.time_s > status.time_s + 0.5, "the take").session.takes == {
        str(one): 1 for one in range(1, number + 1)
    }


def test_every_tab_works_in_firefox() -> None:
    flags = ("--source", "demo", "--audio", "null", "--preset", "theremin", "--page-port=0")
    with AppProcess(*flags) as run:
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        with firefox() as browser:
            browser.open(address_file(run.runtime).read_text(encoding="utf-8"))
            browser.wait_until(f"{text_of('.piece-name')} === 'Air theremin'", "the piece")
            browser.wait_until(f"{text_of('.outputs .value')}.includes('Hz')", "an output")
            for canvas in (".stage canvas", ".spectrogram canvas"):
                browser.wait_until(f"{DRAWN % canvas} > 200", canvas)
            browser.press(".controls button[aria-pressed]")
            run.until(ConductorStatus, lambda status: status.session.muted, "a command of the page")
            browser.press(".controls button[aria-pressed]")
            run.until(ConductorStatus, lambda status: not status.session.muted, "the other way")

            show(browser, "teach")
            for number in (1, 2):
                browser.press(f".tile:nth-child({number})")
                wait_for(partial(taken, browser, run, number), "a take")
            browser.wait_until("document.querySelectorAll('.take').length === 2", "the list of takes")
            browser.wait_until(f"{DRAWN % '.take canvas'} > 100", "the drawing of a take")
            browser.press(".recorder .primary:not(.big)")
            run.until(ConductorStatus, lambda status: status.origins.get("pitch") == "taught", "the model")

            show(browser, "map")
            browser.wait_until(f"{DRAWN % '.example-map > canvas'} > 500", "the map")
            browser.wait_until(f"{text_of('.map-side > p')}.includes('examples')", "its sentence")

            show(browser, "piece")
            browser.wait_until("document.querySelector('#field-name')?.value === 'Air theremin'", "the form")
            assert browser.evaluate("document.querySelectorAll('#panel-piece input').length") > 10

            show(browser, "care")
            browser.wait_until(f"{text_of('.sentence')}.includes('All is well')", "the sentence for staff")
            browser.wait_until(f"{DRAWN % '.graphs canvas'} > 0", "a graph")
        assert run.stop() == 0
