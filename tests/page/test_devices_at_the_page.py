"""Devices from elsewhere at a real page: paired by a code, let in as far as their role goes, revoked.

They come through a header that a proxy adds: then an address of this computer counts as one from elsewhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.page_process import PageProcess, page_process

ELSEWHERE = {"X-Forwarded-For": "192.168.0.9"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageProcess]:
    config = tmp_path_factory.mktemp("config") / "gesturesynth.yaml"
    config.write_text("page: {listen: 192.0.2.0/24}\n")
    with page_process("--config", str(config)) as running:
        yield running


def shell(page: PageProcess, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gesturesynth", "page", *words],
        env=os.environ | {"GESTURESYNTH_RUNTIME_DIR": str(page.runtime)},
        capture_output=True,
        text=True,
        check=False,
    )


def paired(page: PageProcess, role: str, name: str) -> dict[str, str]:
    """A device that was paired; the headers that it sends from then on."""
    code = json.loads(shell(page, "pair", "--role", role, "--json").stdout)["code"]
    status, headers, body = page.post("/pair", json.dumps({"code": code, "name": name}).encode(), ELSEWHERE)
    assert (status, json.loads(body)) == (200, {"role": role})
    return ELSEWHERE | {"Cookie": str(headers["set-cookie"]).partition(";")[0]}


def test_a_device_that_is_not_paired_sees_the_form_and_nothing_else(page: PageProcess) -> None:
    assert page.get("/", ELSEWHERE)[0] == 200
    assert json.loads(page.get("/me", ELSEWHERE)[2]) == {"role": None}
    assert json.loads(page.get("/me")[2]) == {"role": "teach"}
    with pytest.raises(InvalidStatus) as refused:
        page.live(headers=ELSEWHERE)
    assert refused.value.response.status_code == 401


def test_a_shell_shows_a_code_that_pairs(page: PageProcess) -> None:
    done = shell(page, "pair", "--role", "look")
    assert done.returncode == 0, done.stderr
    assert "█" in done.stdout
    (code,) = [line.replace(" ", "") for line in done.stdout.splitlines() if line.replace(" ", "").isdecimal()]
    wish = json.dumps({"code": code, "name": "tablet"}).encode()
    status, headers, _ = page.post("/pair", wish, ELSEWHERE)
    assert status == 200
    assert "HttpOnly" in str(headers["set-cookie"])
    assert page.post("/pair", wish, ELSEWHERE)[0] == 403, "a code is used once"


def test_a_role_goes_as_far_as_it_goes(page: PageProcess) -> None:
    headers = paired(page, "play", "phone")
    with page.live(headers=headers) as socket:
        assert json.loads(socket.recv(5))["message"]["role"] == "play"
        for number, (command, allowed) in enumerate(
            (("mute", True), ("map", True), ("train", False), ("takes", False)), 1
        ):
            socket.send(json.dumps({"id": number, "command": command}))
            text = json.loads(socket.recv(10))["text"]
            assert ("not running" in text) is allowed, text
            assert ("needs the role 'teach'" in text) is not allowed, text


def test_a_device_that_is_revoked_is_cut_off_at_once(page: PageProcess) -> None:
    headers = paired(page, "teach", "old phone")
    with page.live(headers=headers) as socket, page.listener(headers=headers) as listening:
        socket.recv(5)
        rows = json.loads(shell(page, "devices", "--json").stdout)
        (row,) = [row for row in rows if row["name"] == "old phone"]
        assert (row["role"], row["connected"]) == ("teach", "yes")
        assert shell(page, "revoke", row["number"]).returncode == 0
        with pytest.raises(ConnectionClosed):
            socket.recv(5)
        with pytest.raises(ConnectionClosed):
            listening.recv(5)
    assert json.loads(page.get("/me", headers)[2]) == {"role": None}
    assert shell(page, "revoke", row["number"]).returncode == 2


def test_wrong_codes_and_foreign_pages_pair_nothing(page: PageProcess) -> None:
    shell(page, "pair")
    status, _, body = page.post("/pair", b'{"code": "x"}', ELSEWHERE)
    assert (status, "not the code" in body.decode()) == (403, True)
    assert page.post("/pair", b"{", ELSEWHERE)[0] == 400
    assert page.post("/pair", b'{"code": "' + b"1" * 5000 + b'"}', ELSEWHERE)[0] == 413
    assert page.post("/pair", b'{"code": "x"}', ELSEWHERE | {"Origin": "http://evil.example"})[0] == 403


def test_no_token_is_in_the_log_or_on_the_disk(page: PageProcess) -> None:
    token = paired(page, "look", "kiosk")["Cookie"].partition("=")[2]
    kept = (page.runtime.parent / "state" / "page" / "devices.json").read_text(encoding="utf-8")
    assert "kiosk" in kept
    assert token not in kept + page.log.read_text(encoding="utf-8")


def test_without_a_network_there_is_nothing_to_pair() -> None:
    with page_process() as local:
        done = shell(local, "pair")
    assert (done.returncode, "page: {listen:" in done.stderr) == (2, True)


def test_without_a_page_a_shell_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gesturesynth", "page", "devices"],
        env=os.environ | {"GESTURESYNTH_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no page is served here" in done.stderr
