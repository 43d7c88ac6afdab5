"""The bridge for p5 in a real Node: a page gets what comes over OSC, and only pages of the bridge send commands."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import subprocess

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from gesturesynth.control.osc.server import OscServer
from tests.support.browser import chromium
from tests.support.example_programs import ExampleProgram
from tests.support.osc_tools import free_port
from tools.example_table import ROOT

BRIDGE = ROOT / "p5" / "bridge.mjs"


def test_a_page_receives_numbers_and_sends_commands(server: OscServer) -> None:
    port = free_port()
    words = ["node", str(BRIDGE), "--port", str(port), "--osc", f"127.0.0.1:{server.port}"]
    with ExampleProgram(words, "nodejs") as node:
        node.play(server, lambda: "Ctrl-C ends it" in node.printed, "the bridge")
        found: dict[str, list[object]] = {}
        with connect(f"ws://127.0.0.1:{port}/", origin=Origin(f"http://127.0.0.1:{port}"), max_size=1 << 20) as page:

            def received() -> bool:
                """What has come; one message of the page follows the first landmarks."""
                try:
                    messages = json.loads(page.recv(timeout=0.001))
                except TimeoutError:
                    return False
                found.update((address.removeprefix("/gesturesynth/"), values) for address, *values in messages)
                return {"landmarks", "output/pitch"} <= found.keys() and "did select 2" in found.get("ack", ())

            page.send(json.dumps(["/elsewhere", 1]))
            page.send("no JSON")
            page.send(json.dumps(["/gesturesynth/select", [2]]))
            page.send(json.dumps(["/gesturesynth/select", 2]))
            node.play(server, received, "numbers, and an answer")
        assert node.calls == ["select 2"]
        assert found["output/pitch"] == [440.0]
        assert found["feature/hands.distance"] == [1.5]
        assert (found["present"], found["class"]) == ([1], ["none", 0.5])
        assert found["landmarks"] == [float(number) for number in range(1, 133)]
        with pytest.raises(InvalidStatus, match="403"):
            connect(f"ws://127.0.0.1:{port}/", origin=Origin("http://elsewhere.example"))
        leave_at_once(port)
        for path, host, status in (
            ("//", "127.0.0.1", 404),
            ("/%zz", "127.0.0.1", 404),
            ("/../osc.mjs", "127.0.0.1", 404),
            ("/", "elsewhere", 404),
            ("/?again", "127.0.0.1", 200),
            ("/", "127.0.0.1", 200),
        ):
            page_of = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            page_of.request("GET", path, headers={"Host": f"{host}:{port}"})
            answer = page_of.getresponse()
            assert answer.status == status, (path, host)
            assert answer.headers.get("X-Frame-Options") == ("DENY" if status == 200 else None)
            page_of.close()


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("--osc=192.168.7.20:9000", "must be this computer"),
        ("--osc=127.0.0.1:x", "must be this computer"),
        ("", "--port"),
    ],
)
def test_a_bridge_that_cannot_work_says_why(word: str, sentence: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = ["node", str(BRIDGE), "--port", str(taken.getsockname()[1]), *([word] if word else [])]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == (2 if word else 1)
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1, "one sentence"


def leave_at_once(port: int) -> None:
    """A page of another origin asks for a WebSocket and is gone before the answer, which then cannot be written."""
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port)) as page:
            page.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close means reset
            page.sendall(
                f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Origin: http://elsewhere.example\r\n\r\n".encode()
            )


def test_the_script_of_a_sketch_knows_the_newest_values_in_a_real_browser(server: OscServer) -> None:
    port = free_port()
    words = ["node", str(BRIDGE), "--port", str(port), "--osc", f"127.0.0.1:{server.port}"]
    with ExampleProgram(words, "nodejs") as node, chromium() as browser:
        node.play(server, lambda: "Ctrl-C ends it" in node.printed, "the bridge")
        page, errors = browser.new_page(), list[str]()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://127.0.0.1:{port}/")  # without p5 itself, which a person installs
        known = "() => gesture.outputs.pitch === 440 && gesture.landmarks.length === 132 && gesture.present === 1"
        node.play(server, lambda: bool(page.evaluate(known)), "values")
        page.evaluate("() => { gesture.send('select', 3); gesture.send('record'); gesture.send('train'); }")
        node.play(server, lambda: page.evaluate("() => gesture.answer") == "did train", "the answer")
        assert node.calls == ["select 3", "record", "train"]
        assert page.evaluate("() => [gesture.features['hands.distance'], gesture.recognised]") == [1.5, "none"]
        assert errors == []
