"""OSCQuery at a real server, over real sockets; the test plays the conductor."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import zmq
from pythonosc.osc_message import OscMessage
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from gesturesynth.page.oscquery.service import OscQuery
from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.played_numbers import NumberRange, NumberRanges, PlayedNumbers, VoiceNumbers
from gesturesynth.runtime.pubsub import OnDemandPublisher, Publisher
from gesturesynth.runtime.session_state import SessionState
from tests.support.page_process import PageProcess, page_process
from tests.support.statuses import conductor_status
from tests.support.waiting import wait_for

JSON_ONLY = {"Accept": "*/*"}
RANGES = NumberRanges(
    "Air theremin",
    9123,
    (NumberRange("pitch", "Hz", 110.0, 880.0),),
    (NumberRange("lean", "", -1.0, 1.0),),
    gestures=("throw",),
    key="theremin",
)


class FakeConductor(threading.Thread):
    """In the conductor's place: sends what a test has set, as often as it would."""

    def __init__(self) -> None:
        super().__init__()
        self.status = conductor_status()
        self.ranges = RANGES
        self.numbers = PlayedNumbers(
            {"pitch": 440.0}, {"lean": 0.25}, {"lean": True}, True, 1, (VoiceNumbers("", 0.5, performed={"throw": 0}),)
        )
        self.ended = False
        self.wanted: dict[str, bool] = {}

    def run(self) -> None:
        with zmq.Context() as context:
            statuses = Publisher(context, ConductorStatus)
            ranges = OnDemandPublisher(context, NumberRanges)
            numbers = OnDemandPublisher(context, PlayedNumbers)
            while not self.ended:
                statuses.send(self.status)
                self.wanted = {"ranges": ranges.wanted, "numbers": numbers.wanted}
                if self.wanted["ranges"]:
                    ranges.send(self.ranges)
                if self.wanted["numbers"]:
                    numbers.send(self.numbers)
                time.sleep(0.02)
            for socket in (statuses, ranges, numbers):
                socket.close()


@pytest.fixture(scope="module")
def page() -> Iterator[PageProcess]:
    with page_process() as running:
        yield running


@pytest.fixture(scope="module")
def conductor(page: PageProcess) -> Iterator[FakeConductor]:
    before = os.environ.get("GESTURESYNTH_RUNTIME_DIR")
    os.environ["GESTURESYNTH_RUNTIME_DIR"] = str(page.runtime)  # the publishers bind their sockets there
    made = FakeConductor()
    made.start()
    wait_for(lambda: bool(made.wanted), "the sockets of the conductor")
    if before is None:
        del os.environ["GESTURESYNTH_RUNTIME_DIR"]
    else:
        os.environ["GESTURESYNTH_RUNTIME_DIR"] = before
    yield made
    made.ended = True
    made.join()


def asked(page: PageProcess, path: str) -> Any:
    status, headers, body = page.get(path, JSON_ONLY)
    assert (status, headers["content-type"]) == (200, "application/json"), (path, status, body)
    return json.loads(body)


def ask(link: ClientConnection, command: str, path: str) -> None:
    link.send(json.dumps({"COMMAND": command, "DATA": path}))


def next_value(link: ClientConnection) -> tuple[str, list[Any]]:
    """The next value that is pushed; that addresses have changed, after another test, is passed over."""
    while not isinstance(frame := link.recv(10), bytes):
        assert "PATH_" in frame
    message = OscMessage(frame)
    return message.address, message.params


def test_programs_get_json_and_browsers_the_page(page: PageProcess, conductor: FakeConductor) -> None:
    root = asked(page, "/")
    assert list(root["CONTENTS"]["gesturesynth"]["CONTENTS"]["output"]["CONTENTS"]) == ["pitch"]
    assert page.get("/")[1]["content-type"].startswith("text/html")
    assert page.get("/styles.css", JSON_ONLY)[1]["content-type"].startswith("text/css")
    info = asked(page, "/gesturesynth/volume?HOST_INFO")
    assert (info["OSC_PORT"], info["WS_PORT"]) == (9123, page.port)
    assert asked(page, "/gesturesynth/output/pitch")["VALUE"] == [440.0]
    assert asked(page, "/gesturesynth/feature/lean?VALUE") == {"VALUE": [0.25]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/gesturesynth/record?VALUE", 204),
        ("/gesturesynth/volume?TAGS", 204),
        ("/gesturesynth/volume?nonsense", 400),
        ("/gesturesynth/nonsense", 404),
        ("/gesturesynth/nonsense?VALUE", 404),
        ("/gesturesynth/..%2f..%2fetc", 404),
        ("/gesturesynth/" + "x" * 4000, 404),
    ],
)
def test_what_cannot_be_given_has_the_status_that_the_proposal_names(
    page: PageProcess, conductor: FakeConductor, path: str, status: int
) -> None:
    assert page.get(path, JSON_ONLY)[0] == status


def test_a_value_that_changes_is_pushed_to_those_who_listen(page: PageProcess, conductor: FakeConductor) -> None:
    with page.listener() as link, page.listener() as other:
        ask(link, "LISTEN", "/gesturesynth/output/pitch")
        assert next_value(link) == ("/gesturesynth/output/pitch", [440.0])
        conductor.numbers = msgspec.structs.replace(conductor.numbers, outputs={"pitch": 220.0})
        assert next_value(link) == ("/gesturesynth/output/pitch", [220.0])
        ask(link, "IGNORE", "/gesturesynth/output/pitch")
        ask(link, "LISTEN", "/gesturesynth/mute")
        assert next_value(link) == ("/gesturesynth/mute", [False])
        conductor.numbers = msgspec.structs.replace(conductor.numbers, outputs={"pitch": 330.0})
        conductor.status = conductor_status(session=SessionState(muted=True))
        assert next_value(link) == ("/gesturesynth/mute", [True]), "and nothing of what is ignored"
        with pytest.raises(TimeoutError):
            other.recv(0.1)


def test_a_gesture_is_pushed_each_time(page: PageProcess, conductor: FakeConductor) -> None:
    with page.listener() as link:
        ask(link, "LISTEN", "/gesturesynth/gesture")
        ask(link, "LISTEN", "/gesturesynth/people")
        assert next_value(link)[0] == "/gesturesynth/people"
        wait_for(lambda: conductor.wanted["numbers"], "the numbers to be received")
        time.sleep(0.1)
        for count in (1, 2):
            conductor.numbers = msgspec.structs.replace(
                conductor.numbers, voices=(VoiceNumbers("", 0.5, performed={"throw": count}),)
            )
            assert next_value(link) == ("/gesturesynth/gesture", ["throw", count, 1])


def test_another_preset_is_told_and_its_addresses_are_there(page: PageProcess, conductor: FakeConductor) -> None:
    with page.listener() as link:
        ask(link, "LISTEN", "/gesturesynth/output/pitch")
        next_value(link)
        conductor.ranges = msgspec.structs.replace(RANGES, outputs=(NumberRange("level", "dB", -28.0, 0.0),))
        texts: list[dict[str, str]] = []
        while not texts or texts[-1]["COMMAND"] != "PATH_CHANGED":
            if isinstance(frame := link.recv(10), str):
                texts.append(json.loads(frame))
        assert texts[:2] == [
            {"COMMAND": "PATH_REMOVED", "DATA": "/gesturesynth/output/pitch"},
            {"COMMAND": "PATH_ADDED", "DATA": "/gesturesynth/output/level"},
        ]
        assert texts[-1]["DATA"] in {"/gesturesynth", "/gesturesynth/output"}
        assert list(asked(page, "/gesturesynth/output")["CONTENTS"]) == ["level"]
    conductor.ranges = RANGES


def test_osc_over_the_websocket_is_passed_over_and_nonsense_ends_it(
    page: PageProcess, conductor: FakeConductor
) -> None:
    with page.listener() as link:
        link.send(b"/gesturesynth/quit\0\0,\0\0\0")
        for path in ("/gesturesynth/nonsense", "/gesturesynth", "/gesturesynth/record", "", "x" * 5000):
            ask(link, "LISTEN", path)
            ask(link, "IGNORE", path)
        link.send('{"COMMAND": "SOMETHING", "DATA": "/"}')
        ask(link, "LISTEN", "/gesturesynth/volume")
        assert next_value(link)[0] == "/gesturesynth/volume"
        link.send('{"COMMAND": 5')
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"X-Forwarded-For": "192.168.0.9"}, 401),
    ],
)
def test_pages_of_others_and_computers_that_are_not_allowed_get_nothing(
    page: PageProcess, headers: dict[str, str], status: int
) -> None:
    assert page.get("/gesturesynth", JSON_ONLY | headers)[0] == status
    with pytest.raises(InvalidStatus):
        page.listener(headers)


async def used_and_let_go(page: PageProcess, conductor: FakeConductor) -> None:
    """A service of its own, which keeps nothing for long."""
    with zmq.Context() as context:
        service = OscQuery(context, page.runtime, keep_s=0.5)
        before = service.received
        node = await service.node("/gesturesynth/output/pitch")
        assert node is not None
        assert node["VALUE"] == list(conductor.numbers.outputs.values())
        async with asyncio.timeout(10):
            while service.received:  # noqa: ASYNC110 - a timer of its own ends it
                await asyncio.sleep(0.02)
        assert not before
        assert await service.ask_osc_port() == 9123
        service.close()


def test_nothing_is_received_for_no_program(page: PageProcess, conductor: FakeConductor) -> None:
    asyncio.run(used_and_let_go(page, conductor))


async def asked_after_the_port(page: PageProcess) -> Any:
    """The port of OSC, as programs ask for first and the announcer again and again, and then an address."""
    with zmq.Context() as context:
        service = OscQuery(context, page.runtime, keep_s=0.5)
        assert await service.ask_osc_port() == 9123
        node = await service.node("/gesturesynth/output")
        async with asyncio.timeout(10):
            while service.received != {"NumberRanges"}:
                await service.ask_osc_port()
                await asyncio.sleep(0.02)
        service.close()
        return node


def test_values_are_there_after_the_port_and_nothing_else_is_received_for_it(
    page: PageProcess, conductor: FakeConductor
) -> None:
    node = asyncio.run(asked_after_the_port(page))
    assert node["CONTENTS"]["pitch"]["VALUE"] == list(conductor.numbers.outputs.values())
