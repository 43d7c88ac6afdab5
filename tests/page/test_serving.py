"""How the page is found: its port, its address, the browser that is opened; and how much there is to load."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from gesturesynth.cli.browser import BrowserOpener
from gesturesynth.monitoring.staff_sentence import SENTENCES
from gesturesynth.page.address import address_file
from gesturesynth.page.assets import FOLDER, TYPES, load_assets
from gesturesynth.page.network import Reach
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus
from gesturesynth.runtime.view_reading import VIEW_SENTENCES
from tests.support.app_process import AppProcess
from tests.support.browser import chromium, window
from tests.support.waiting import wait_for

MOST_BYTES = 200_000
"""Of all files together, as they are stored."""


def test_a_port_in_use_is_said_and_everything_else_plays() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with AppProcess("--source", "demo", "--audio", "null", f"--page-port={port}") as run:
            said = run.until_logged("page not served")
            assert f"TCP port {port}" in str(said["message"])
            run.until(EngineStatus, lambda status: status.samples > 48000, "a second of sound")
            assert not address_file(run.runtime).exists()
            taken.close()
            wait_for(address_file(run.runtime).exists, "the page, now that the port is free")
            assert run.stop() == 0
            run.assert_nothing_is_left()


def test_a_browser_finds_the_page_again_after_it_was_killed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        AppProcess("--source", "demo", "--audio", "null", f"--page-port={port}") as run,
        chromium() as browser,
        window(browser) as page,
    ):
        run.wait_until_playing()
        wait_for(address_file(run.runtime).exists, "the page")
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.get_by_role("meter", name="pitch")).to_be_visible()
        heard = run.until(EngineStatus, lambda status: status.level_db > -60.0, "sound")
        assert run.process
        children = psutil.Process(run.process.pid).children(recursive=True)
        next(child for child in children if "page" in child.cmdline()).kill()
        expect(page.locator("#lost")).to_have_text("Connection lost")
        expect(page.locator("#lost")).to_be_hidden(timeout=20_000)
        page.get_by_role("button", name="Mute").click()
        run.until(ConductorStatus, lambda status: status.session.muted, "mute")
        again = run.until(EngineStatus, lambda status: status.samples > heard.samples, "the sound goes on")
        assert again.pid == heard.pid
        assert run.stop() == 0


def test_the_browser_is_opened_once_when_the_address_is_known(tmp_path: Path) -> None:
    opened: list[str] = []

    def open_address(address: str) -> bool:
        opened.append(address)
        return True

    opener = BrowserOpener(wanted=True, open_address=open_address, folder=tmp_path)
    never = BrowserOpener(wanted=False, open_address=open_address, folder=tmp_path)
    opener.poll()
    assert opened == []
    file = address_file(tmp_path)
    file.parent.mkdir()
    file.write_text("http://127.0.0.1:9470/", encoding="utf-8")
    for one in (opener, never, opener):
        one.poll()
    assert opened == ["http://127.0.0.1:9470/"]


def test_there_is_little_to_load_and_nothing_from_elsewhere() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= TYPES.keys(), "all of them are served"
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    for path in files:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path
        assert "https://" not in text, path
    assets = load_assets()
    assert assets["/"].content_type.startswith("text/html")
    # What is seen first waits for one file of styles and one of texts, not for one of each tab.
    served = [name for name in assets if name.endswith((".css", ".json"))]
    assert sorted(served) == [
        "/projector/projector.css",
        "/styles.css",
        "/words.de.json",
        "/words.en.json",
        "/words.fr.json",
    ]
    assert assets["/styles.css"].body.startswith((FOLDER / "styles" / "base.css").read_bytes())
    german, english = (json.loads(assets[f"/words.{language}.json"].body) for language in ("de", "en"))
    assert german.keys() == english.keys()
    assert (english["mute"], german["mute"], german["teach.record"]) == ("Mute", "Stumm", "Aufnehmen")


@pytest.mark.parametrize(
    ("listen", "host", "permitted"),
    [
        ("local", "127.0.0.1", {"127.0.0.1": True, "192.168.0.9": False, "::1": False}),
        ("192.168.0.0/24", "0.0.0.0", {"127.0.0.1": True, "192.168.0.9": True, "192.168.1.9": False}),  # noqa: S104
    ],
)
def test_a_network_says_who_may_connect(listen: str, host: str, permitted: dict[str, bool]) -> None:
    reach = Reach(listen)
    assert reach.host == host
    allowed = reach.allow_list()
    assert {address: allowed.permits(address) for address in permitted} == permitted


def test_every_text_is_there_in_every_language() -> None:
    tables = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (FOLDER / "words").glob("*.json")}
    english = {name for name in tables if name.endswith("en.json")}
    assert len(english) * 3 == len(tables)
    for name in english:
        for language in ("de", "fr"):
            other = tables[name.replace("en.json", f"{language}.json")]
            assert other.keys() == tables[name].keys(), (name, language)
            for key, text in tables[name].items():
                places = re.findall(r"\{\w+\}", text)
                assert sorted(re.findall(r"\{\w+\}", other[key])) == sorted(places), (language, key)


def test_the_sentences_for_staff_are_those_of_the_program() -> None:
    english = json.loads((FOLDER / "words" / "care.en.json").read_text(encoding="utf-8"))
    assert {f"care.staff.{code}": text for code, text in SENTENCES.items()}.items() <= english.items()
    everywhere = json.loads((FOLDER / "words" / "en.json").read_text(encoding="utf-8"))
    assert {f"view.{code}" for code in VIEW_SENTENCES if code} <= everywhere.keys()
