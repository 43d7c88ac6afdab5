"""The minute of teaching in docs/osc.md, pasted into a shell; and what a program that asks is told of it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.udp_client import SimpleUDPClient

from gesturesynth.control.osc.codec import encode
from gesturesynth.runtime.messages import ConductorStatus
from tests.support.app_process import AppProcess
from tests.support.osc_tools import tool

pytestmark = pytest.mark.timeout(240)

PAGE = Path(__file__).parents[2] / "docs" / "osc.md"
DEADLINE_S = 30.0


@pytest.fixture(scope="module")
def minute() -> str:
    """The first block for a shell under that heading, as it stands there."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("## The minute of teaching")
    found = re.search(r"```sh\n(.*?)```", rest, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def running() -> Iterator[AppProcess]:
    with AppProcess("--source", "demo", "--audio", "null", "--osc-port=9000") as running:
        running.wait_until_playing()
        yield running


def replies(client: SimpleUDPClient, address: str, *values: object) -> Iterator[tuple[str, str]]:
    """What comes back for one message: the kind of answer, and its words."""
    client.send_message(f"/gesturesynth/{address}", list(values))
    end_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < end_s:
        for message in client.get_messages(timeout=1):
            requested, text = map(str, message)
            assert requested == f"/gesturesynth/{address}"
            yield message.address.removeprefix("/gesturesynth/"), text


def test_the_minute_works_when_it_is_pasted_into_a_shell(running: AppProcess, minute: str) -> None:
    tool("oscsend")
    assert minute.count("oscsend") == 5
    shell = subprocess.run(["bash", "-i"], input=minute, capture_output=True, text=True, timeout=120, check=False)
    assert shell.returncode == 0, shell.stderr
    status = running.until(ConductorStatus, lambda status: "Trained" in status.session.message, "the training")
    assert status.session.takes == {"1": 1, "2": 1}
    refused = [line["message"] for line in running.log() if line["level"] == "warning" and "osc" in line.get("by", "")]
    assert refused == []


def test_a_client_gets_the_outcome_of_its_command(running: AppProcess) -> None:
    with SimpleUDPClient("127.0.0.1", 9000) as client:
        assert next(replies(client, "select", 1))[0] == "ack"
        record = replies(client, "record")
        assert next(record) == ("ack", "A take for snapshot 1 in 3 s.")
        kind, text = next(record)
        assert kind == "done"
        assert re.fullmatch(r"A take for snapshot 1 is saved: \d+ poses in [34]\.\d s, take \d+\.", text), text
        train = replies(client, "train")
        assert next(train)[0] == "ack"
        kind, text = next(train)
        assert kind == "done"
        assert re.match(r"Trained: .* \d+ examples", text), text
        kind, text = next(replies(client, "preset", "nonsense"))
        assert kind == "error"
        assert "there is no preset 'nonsense'" in text
        kind, text = next(replies(client, "preset", "/etc/hostname"))
        assert kind == "error"
        assert text == next(replies(client, "preset", "/no/such/file"))[1], "it does not tell whether the file exists"
        preset = replies(client, "preset", "drone")
        assert next(preset) == ("ack", "Changing to drone.")
        kind, text = next(preset)
        assert kind == "done"
        assert " plays: " in text


def test_refused_messages_are_logged_with_address_and_reason(running: AppProcess) -> None:
    with SimpleUDPClient("127.0.0.1", 9000) as client:
        kind, _ = next(replies(client, "volume", 7.0))
        assert kind == "error"
    line = running.until_logged("OSC messages refused", deadline_s=DEADLINE_S)
    told = [line for line in running.log() if line["event"] == "OSC messages refused"]
    assert line["refused"] >= 1
    assert any("/gesturesynth/" in line["newest"] and " from 127.0.0.1:" in line["newest"] for line in told)


def test_a_shell_waits_for_a_preset_and_gets_what_plays_then(running: AppProcess) -> None:
    """The answer has the state of a moment at which the new preset has not made a step yet."""
    environment = os.environ | running.folders
    for name in ("drums", "theremin", "drone"):
        command = [sys.executable, "-m", "gesturesynth", "preset", name, "--wait", "--json"]
        shell = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert shell.returncode == 0, shell.stderr
        answer = json.loads(shell.stdout)
        assert answer["ok"]
        assert answer["words"].startswith("'")
        assert answer["state"]["preset"] in answer["words"]
    shell = subprocess.run([*command[:4], "nonsense"], env=environment, capture_output=True, text=True, check=False)
    assert shell.returncode == 1
    assert "there is no preset 'nonsense'" in shell.stderr
    assert [line for line in running.log() if "Traceback" in line["event"]] == []


def test_a_subscriber_gets_body_data_as_floats(running: AppProcess) -> None:
    wanted = {"feature/right_wrist.height": 1, "present": 1, "people": 1, "frame": 2, "landmarks": 132}
    found: dict[str, int] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
        program.settimeout(DEADLINE_S)
        program.sendto(
            encode("/gesturesynth/subscribe", 0, 30, "features people landmarks", "100ms"), ("127.0.0.1", 9000)
        )
        while not wanted.items() <= found.items():  # the demo performer comes and goes
            packet = program.recv(65536)
            for message in OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]:
                found[message.address.removeprefix("/gesturesynth/")] = len(message.params)
    assert not {"state", "output/pitch"} & found.keys()
