"""The process `page` with real sockets on both sides: who gets what, who may ask for what."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
import zmq
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from gesturesynth.control.command_socket import CommandServer, PendingRequest
from gesturesynth.runtime.messages import Body, EngineStatus, Pose
from gesturesynth.runtime.pubsub import Publisher
from tests.support.page_process import PageProcess, page_process
from tests.support.waiting import wait_for


@pytest.fixture(scope="module")
def page() -> Iterator[PageProcess]:
    with page_process() as running:
        yield running


@pytest.fixture
def context(page: PageProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", str(page.runtime))
    with zmq.Context() as made:
        yield made


@contextmanager
def viewer(page: PageProcess, *topics: str) -> Iterator[ClientConnection]:
    with page.live() as socket:
        welcome = json.loads(socket.recv(5))
        assert (welcome["topic"], welcome["message"]["role"]) == ("welcome", "teach")
        assert re.fullmatch(r"page:\d+", welcome["message"]["sender"])
        socket.send(json.dumps({"watch": topics}))
        yield socket


def engine_status(samples: int) -> EngineStatus:
    return EngineStatus(1.0, 1, "null", "no device", 48000.0, 256, samples, -20.0, -10.0, 0, "Piece", "")


def test_files_are_served_with_headers_that_forbid_all_else(page: PageProcess) -> None:
    status, headers, body = page.get()
    assert status == 200
    assert b"app.js" in body
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert page.get("/tabs/play.js")[1]["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["nothing.js", "../process.py", "%2e%2e/process.py", "static/../../process.py", "words"]
)
def test_nothing_else_is_served(page: PageProcess, path: str) -> None:
    assert page.get(f"/{path}")[0] == 404


def test_what_is_watched_is_received_by_all_who_watch(
    page: PageProcess, context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    publisher = Publisher(context, EngineStatus)
    with viewer(page, "engine") as first, viewer(page, "engine", "pose", "nonsense") as second, viewer(page) as third:
        received: dict[str, Any] = {}

        def both_have_it() -> bool:
            publisher.send(engine_status(77))
            for name, socket in (("first", first), ("second", second)):
                if name not in received:
                    try:
                        received[name] = json.loads(socket.recv(0.1))
                    except TimeoutError:
                        return False
            return True

        wait_for(both_have_it, "the status")
        assert received["first"] == received["second"]
        assert received["first"]["message"]["samples"] == 77
        with pytest.raises(TimeoutError):
            third.recv(0.3)
    publisher.close()


def test_poses_are_bytes(page: PageProcess, context: zmq.Context[zmq.Socket[bytes]]) -> None:
    publisher = Publisher(context, Pose)
    body = Body.from_arrays(np.full((33, 4), 0.5, np.float32), np.zeros((33, 3), np.float32))
    with viewer(page, "pose") as socket:
        found: list[str | bytes] = []

        def came() -> bool:
            publisher.send(Pose(1.0, 1, 640, 480, (body,)))
            try:
                found.append(socket.recv(0.1))
            except TimeoutError:
                return False
            return True

        wait_for(came, "a pose")
        assert isinstance(found[0], bytes)
        assert len(found[0]) == 16 + 33 * 16 + 4
    publisher.close()


def test_nothing_is_subscribed_to_while_nothing_is_watched(
    page: PageProcess, context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    """Seen from the publisher: an XPUB of the engine's address hears of subscriptions."""
    folder = page.runtime / "engine"
    folder.mkdir(exist_ok=True)
    socket = context.socket(zmq.XPUB)
    socket.bind(f"ipc://{folder / 'status'}")
    with viewer(page, "engine"):
        assert socket.poll(5000)
        assert socket.recv() == b"\x01"
    assert socket.poll(5000)
    assert socket.recv() == b"\x00"
    socket.close()


def test_a_command_is_carried_out_and_answered(page: PageProcess, context: zmq.Context[zmq.Socket[bytes]]) -> None:
    server = CommandServer(context)
    with viewer(page, "conductor") as first, viewer(page, "conductor") as second:

        def answered(message: dict[str, Any]) -> dict[str, Any]:
            first.send(json.dumps(message))
            end_s = time.monotonic() + 5
            while time.monotonic() < end_s:
                for one in server.poll():
                    assert one.call is not None
                    assert (one.call.text, one.call.sender.partition(":")[0]) == ("select 3", "page")
                    server.answer(one, ok=True, text="Snapshot 3", state_json='{"preset":"Piece"}')
                try:
                    read: dict[str, Any] = json.loads(first.recv(0.05))
                except TimeoutError:
                    continue
                if read.get("id") == message["id"]:
                    return read
            raise AssertionError("no answer")

        wait_for(lambda: answered({"id": 1, "command": "select", "values": [3]})["ok"], "the connection")
        assert answered({"id": 2, "command": "select", "values": [3]})["text"] == "Snapshot 3"
        # The other browser has the state of that answer at once, though no status was published.
        assert json.loads(second.recv(5)) == {"topic": "conductor", "message": {"preset": "Piece"}}
        assert "must be" in answered({"id": 3, "command": "select", "values": [30]})["text"]
        assert "no command" in answered({"id": 4, "command": "explode"})["text"]
        assert "a list" in answered({"id": 5, "command": "select", "values": {"n": 3}})["text"]
    server.close()


def test_without_a_conductor_a_command_is_refused_with_a_sentence(page: PageProcess) -> None:
    with viewer(page) as socket:
        socket.send(json.dumps({"id": 1, "command": "mute"}))
        answer = json.loads(socket.recv(10))
    assert (answer["id"], answer["ok"]) == (1, False)
    assert "not running" in answer["text"]


def test_the_process_answers_questions(page: PageProcess) -> None:
    with viewer(page) as socket:
        socket.send(json.dumps({"id": 1, "question": "about"}))
        assert json.loads(socket.recv(5))["report"]["version"]
        socket.send(json.dumps({"id": 2, "question": "nothing"}))
        assert json.loads(socket.recv(5))["ok"] is False


@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://localhost:3000", "null"])
def test_a_foreign_page_gets_no_socket(page: PageProcess, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        page.live(origin=origin)
    assert refused.value.response.status_code == 403


def test_a_name_that_was_rebound_gets_nothing(page: PageProcess) -> None:
    with pytest.raises(InvalidStatus) as refused:
        page.live(origin="http://evil.example", host="evil.example")
    assert refused.value.response.status_code in {400, 421}
    assert page.get(headers={"Host": "evil.example"})[0] == 421


@pytest.mark.parametrize(
    "frame", ["{", "[]", '{"watch": 3}', '{"id": "x"}', b"\x00\x01", "[" * 5000, '"' + "x" * 70000 + '"']
)
def test_what_the_page_never_sends_ends_the_connection(page: PageProcess, frame: str | bytes) -> None:
    with viewer(page) as socket:
        socket.send(frame)
        with pytest.raises(ConnectionClosed):
            socket.recv(5)


def test_the_end_of_what_was_begun_comes_late_or_with_a_sentence_when_the_conductor_was_started_again(
    page: PageProcess, context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    server = CommandServer(context)
    waiting: list[PendingRequest] = []
    pid = 1
    with viewer(page) as socket:

        def told(number: int, *, ended: bool) -> dict[str, Any]:
            end_s = time.monotonic() + 15
            while time.monotonic() < end_s:
                for one in server.poll():
                    waiting.extend([one] if one.wait else [])
                    server.answer(one, ok=True, text="begun", state_json=f'{{"pid":{pid}}}')
                with suppress(TimeoutError):
                    read: dict[str, Any] = json.loads(socket.recv(0.05))
                    if (read.get("id"), read.get("ended")) == (number, ended):
                        return read
            raise AssertionError("no answer")

        socket.send(json.dumps({"id": 1, "command": "train", "wait": True}))
        assert told(1, ended=False)["text"] == "begun"
        server.finished(waiting[0], ok=True, text="Trained", state_json="{}")
        assert told(1, ended=True)["text"] == "Trained"
        socket.send(json.dumps({"id": 2, "command": "train", "wait": True}))
        assert told(2, ended=False)["ok"]
        pid = 2  # what the first has begun is not known to the second
        end = told(2, ended=True)
        assert (end["ok"], "started again" in end["text"]) == (False, True)
    server.close()


def test_a_button_that_was_held_is_let_go_when_its_browser_goes(
    page: PageProcess, context: zmq.Context[zmq.Socket[bytes]]
) -> None:
    server = CommandServer(context)
    received: list[str] = []

    def poll() -> list[str]:
        for one in server.poll():
            assert one.call is not None
            received.append(f"{one.call.sender} {one.call.text}")
            server.answer(one, ok=True, text="", state_json="{}")
        return received

    with viewer(page) as socket, viewer(page) as other:

        def held() -> bool:
            socket.send(json.dumps({"id": 1, "command": "hold", "values": [True]}))
            return bool(poll())

        wait_for(held, "the connection")
        holder = received[0].split()[0]
        other.send(json.dumps({"id": 1, "command": "hold", "values": [True]}))
        wait_for(lambda: any(line.split()[0] != holder for line in poll()), "the other one")
    wait_for(lambda: sum(line.endswith("hold off") for line in poll()) == 2, "the releases")
    assert f"{holder} hold off" in received, "each lets go for itself"
    server.close()
