"""Body data for subscribers, through a real socket: each gets what it asked for, as often as it asked for it."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from gesturesynth.control.commands import call
from gesturesynth.control.osc.addresses import SUBSCRIBE
from gesturesynth.control.osc.codec import PACKET_OCTETS, encode
from gesturesynth.control.osc.limits import Sender
from gesturesynth.control.osc.server import OscCall, OscServer, OscSettings
from gesturesynth.control.osc.streams import MOST_FEATURES, STREAMS, is_streamed
from gesturesynth.runtime.played_numbers import VoiceNumbers
from tests.support.bodies_for_osc import MadeReadings, person
from tests.support.osc_client import OUTPUTS, STATE, MakeOscClient, OscClient, osc_clients

STEP_S = 1 / 60
Heard = list[tuple[str, list[object]]]


def subscribed(server: OscServer, program: OscClient, *values: float | str, now_s: float = 0.0) -> Heard:
    program.send(encode("/gesturesynth/subscribe", *values))
    assert server.poll(now_s) == []
    return program.messages()


def stream(server: OscServer, readings: MadeReadings) -> None:
    server.stream(readings.time_s, lambda: STATE, OUTPUTS, readings)


def test_features_come_as_floats_at_the_rate_of_the_subscriber(server: OscServer, programs: MakeOscClient) -> None:
    slow, fast = programs(), programs()
    (ack,) = subscribed(server, slow, 0, 5, "features")
    assert str(ack[1][1]).endswith("5 times a second for 10 s: features")
    subscribed(server, fast, 0, 60, "features, seen")
    counts: Counter[str] = Counter()
    for step in range(300):  # five seconds
        stream(server, MadeReadings(step * STEP_S))
        counts["slow"] += len(slow.messages())
        counts["fast"] += len(fast.messages())
    assert abs(counts["slow"] - 5 * 5 * 2) <= 2
    assert abs(counts["fast"] - 5 * 60 * 4) <= 8
    stream(server, MadeReadings(6.0))
    assert slow.messages() == [
        ("/gesturesynth/feature/right_wrist.height", [1.0]),
        ("/gesturesynth/feature/body_pose__1", [0.25]),
    ]
    assert fast.messages()[2:] == [
        ("/gesturesynth/seen/right_wrist.height", [1]),
        ("/gesturesynth/seen/body_pose__1", [0]),
    ]


def test_a_subscriber_that_says_nothing_else_gets_state_and_outputs_alone(
    server: OscServer, programs: MakeOscClient
) -> None:
    program, all_of_it = programs(), programs()
    subscribed(server, program, 0, 10)
    subscribed(server, all_of_it, 0, 10, " ".join(STREAMS))
    stream(server, MadeReadings(0.0))
    heard = program.messages()
    assert [address for address, _ in heard] == [
        "/gesturesynth/state",
        "/gesturesynth/output/pitch",
        "/gesturesynth/output/level",
    ]
    more = all_of_it.messages()
    assert more[:3] == heard
    assert len(more) > 10
    assert all(is_streamed(address) for address, _ in more), "so that it is not answered when it comes back"


def test_a_state_that_no_subscriber_wants_is_not_written(server: OscServer, programs: MakeOscClient) -> None:
    subscribed(server, programs(), 0, 60, "features people")

    def unwanted() -> str:
        raise AssertionError("the state was not requested")

    server.stream(0.0, unwanted, OUTPUTS, MadeReadings(0.0))


def test_smoothing_is_a_low_pass_with_the_time_constant_of_the_subscriber(
    server: OscServer, programs: MakeOscClient
) -> None:
    plain, smooth = programs(), programs()
    subscribed(server, plain, 0, 10, "features landmarks")
    subscribed(server, smooth, 0, 10, "features landmarks", 0.5)
    heard: dict[str, Heard] = {}
    for step in range(32):
        value = float(step > 0)  # a leap behind the first step
        readings = MadeReadings(step * STEP_S, features=np.array([value, value]), people=(person(1),))
        stream(server, readings)
        heard |= {"plain": plain.messages() or heard["plain"], "smooth": smooth.messages() or heard["smooth"]}
    # sent every sixth step; the newest at step 30
    assert heard["plain"][0] == ("/gesturesynth/feature/right_wrist.height", [1.0])
    follows = pytest.approx([1 - math.exp(-30 * STEP_S / 0.5)], abs=1e-6)
    assert heard["smooth"][0][1] == follows, "at the rate of ticks, not at that of sending"
    assert [len(values) for address, values in heard["smooth"] if address == "/gesturesynth/landmarks"] == [132]


def test_nothing_is_smoothed_from_one_person_to_another(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    subscribed(server, program, 0, 60, "landmarks", 5)
    for step, number in enumerate((1, 1, 7)):
        stream(server, MadeReadings(step * STEP_S, people=(person(number),)))
    landmarks = [values for address, values in program.messages() if address == "/gesturesynth/landmarks"]
    assert [values[0] for values in landmarks] == [1.0, 1.0, 7.0]


def test_one_person_has_no_place_and_several_have_one_until_the_subscription_ends(
    server: OscServer, programs: MakeOscClient
) -> None:
    program = programs()
    subscribed(server, program, 0, 60, "people landmarks")
    stream(server, MadeReadings(0.0))
    alone = program.messages()
    assert alone[:3] == [
        ("/gesturesynth/present", [1]),
        ("/gesturesynth/people", [1]),
        ("/gesturesynth/frame", [640, 480]),
    ]
    assert [(address, len(values)) for address, values in alone[3:]] == [("/gesturesynth/landmarks", 132)]
    stream(server, MadeReadings(1.0, people=(person(3, 1), person(8, 2, seen=False))))
    both = program.messages()
    assert both[1:8] == [
        ("/gesturesynth/people", [1]),
        ("/gesturesynth/person/1/present", [1]),
        ("/gesturesynth/person/1/number", [3]),
        ("/gesturesynth/person/1/voice", [1]),
        ("/gesturesynth/person/2/present", [0]),
        ("/gesturesynth/person/2/number", [8]),
        ("/gesturesynth/person/2/voice", [2]),
    ]
    assert [address for address, _ in both[8:]] == [
        "/gesturesynth/frame",
        "/gesturesynth/landmarks",
        "/gesturesynth/person/1/landmarks",
    ]
    stream(server, MadeReadings(2.0, people=(), present=False))
    assert [values for _, values in program.messages()] == [[0]] * 8, (
        "it is said that no person is there, and no joints are sent"
    )


def test_every_gesture_and_class_is_told_once_however_low_the_rate(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    subscribed(server, program, 0, 1, "classes gestures")
    heard: Heard = []
    for step in range(181):
        own = VoiceNumbers(
            "up" if step % 60 > 30 else "",
            1.0,
            {"up": 0.75},
            {"up": 4 + step // 20},
            {"throw": (0.5, 0.25, 1.0)},
            {"throw": 9 + step // 45},
        )
        stream(server, MadeReadings(step * STEP_S, voices=(own, VoiceNumbers("up", 0.5, {}, {"up": step // 90}))))
        heard += program.messages()
    told = Counter(address for address, _ in heard)
    assert told["/gesturesynth/class"] == told["/gesturesynth/gesture/throw"] == 4
    assert [values for address, values in heard if address == "/gesturesynth/gesture"] == [
        ["throw", count, 1] for count in (10, 11, 12, 13)
    ]
    entered = [values for address, values in heard if address == "/gesturesynth/entered"]
    assert [values[1] for values in entered if values[2] == 1] == list(range(5, 14))
    assert [values for values in entered if values[2] == 2] == [["up", 1, 2], ["up", 2, 2]]
    assert heard[0] == ("/gesturesynth/class", ["none", 1.0])
    assert ("/gesturesynth/probability/up", [0.75]) in heard
    assert ("/gesturesynth/class/2", ["up", 0.5]) in heard
    assert ("/gesturesynth/gesture/throw", [0.5, 0.25, 1.0, 9.0]) in heard


def test_what_happened_while_it_was_not_asked_for_is_not_told_later(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    counts = {}
    for time_s, what in enumerate(("classes gestures", "features", "features", "classes gestures", "classes gestures")):
        subscribed(server, program, 0, 60, what, now_s=float(time_s))
        voice = VoiceNumbers("up", 1.0, {}, {"up": time_s}, {}, {"throw": time_s})
        stream(server, MadeReadings(float(time_s), voices=[voice]))
        heard = [address for address, _ in program.messages()]
        counts[time_s] = [heard.count(f"/gesturesynth/{name}") for name in ("entered", "gesture")]
    assert (counts[3], counts[4]) == ([0, 0], [1, 1])


def test_another_piece_tells_what_it_counts_and_not_what_others_counted(
    server: OscServer, programs: MakeOscClient
) -> None:
    program = programs()
    two = [VoiceNumbers("", 1.0, {}, {"up": 4}), VoiceNumbers("", 1.0, {}, {"up": 3})]
    told = []
    for time_s, voices in enumerate(
        (two, [VoiceNumbers("", 1.0, {}, {"up": 7})], [VoiceNumbers("", 1.0, {}, {"up": 7, "down": 1})])
    ):
        subscribed(server, program, 0, 60, "classes", now_s=float(time_s))
        stream(server, MadeReadings(float(time_s), voices=voices))
        told += [values for address, values in program.messages() if address == "/gesturesynth/entered"]
    assert told == [["down", 1, 1]]


def test_before_anything_was_measured_no_feature_is_sent(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    subscribed(server, program, 0, 60, "features seen people", 0.1)
    stream(server, MadeReadings(0.0, features=np.zeros(0), seen=np.zeros(0, np.bool_), people=(), present=False))
    assert program.messages() == [("/gesturesynth/present", [0]), ("/gesturesynth/people", [0])]
    stream(server, MadeReadings(0.1))
    assert len(program.messages()) == 6


def test_what_one_subscriber_gets_is_bounded(server: OscServer, programs: MakeOscClient) -> None:
    many = 3 * MOST_FEATURES
    names = tuple(f"feature.with_a_long_name.{number}" for number in range(many))
    program = programs()
    subscribed(server, program, 0, 60, "features")
    stream(server, MadeReadings(0.0, np.full(many, np.inf), names, seen=np.ones(many, np.bool_)))
    packets = program.packets()
    assert all(len(packet) <= PACKET_OCTETS for packet in packets)
    assert sum(packet.count(b"/gesturesynth/feature/") for packet in packets) == MOST_FEATURES


@pytest.mark.parametrize("joints", [False, True])
def test_other_computers_get_joints_only_where_the_settings_allow_it(*, joints: bool) -> None:
    server = OscServer(OscSettings(host="0.0.0.0", port=0, allow=("192.0.2.0/24",), joints=joints))  # noqa: S104 - nothing leaves
    answers = []
    for what in ("features people", "features landmarks"):
        (answer,) = server.protocol.receive(encode("/gesturesynth/subscribe", 0, 10, what), ("192.0.2.7", 5000), 0.0)
        answers.append(answer)
    server.close()
    first, second = answers
    assert getattr(first, "ok", None) is True
    assert getattr(second, "ok", None) is joints
    assert joints or "`osc: {joints: true}`" in str(getattr(second, "text", ""))


def test_a_computer_that_has_not_proved_itself_gets_no_more_of_it_than_of_anything_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = OscServer(OscSettings(host="127.0.0.1", port=0, joints=True))
    forged = ("192.0.2.7", 5000)
    server.protocol.subscriptions.execute(SUBSCRIBE, (0, 60, "landmarks features"), forged, 0.0)
    sent: list[int] = []

    def record(packet: bytes, receiver: Sender) -> bool:
        sent.append(len(packet))
        return receiver == forged

    monkeypatch.setattr(server, "_send", record)
    for step in range(540):  # nine seconds of a lease
        stream(server, MadeReadings(step * STEP_S))
    server.close()
    assert 0 < sum(sent) <= 4096 + 4096 * 9 / 30 + 1400


def test_a_program_that_receives_at_another_port_gets_the_answers_there(
    server: OscServer, programs: MakeOscClient
) -> None:
    sends, receives, other = programs(), programs(), programs("127.0.0.2")
    subscribed(server, sends, receives.port, 10, "answers")
    subscribed(server, other, 0, 10, "outputs")
    receives.messages()
    for program in (sends, receives):
        program.send(encode("/gesturesynth/select", 99))
        server.poll(0.1)
    refused = "/gesturesynth/error"
    assert [address for address, _ in sends.messages()] == [refused]
    assert [address for address, _ in receives.messages()] == [refused, refused], "its own once, not twice"
    assert other.messages() == [], "it has not asked for them"
    stream(server, MadeReadings(0.2))
    assert receives.messages() == []


def test_answers_of_one_computer_do_not_go_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    server = OscServer(OscSettings(host="127.0.0.1", port=0))
    mine, theirs = ("192.0.2.7", 5000), ("192.0.2.8", 5000)
    server.protocol.subscriptions.execute(SUBSCRIBE, (0, 60, "answers"), mine, 0.0)
    sent: list[Sender] = []

    def record(packet: bytes, receiver: Sender) -> bool:
        sent.append(receiver)
        return True

    monkeypatch.setattr(server, "_send", record)
    for sender in (theirs, ("192.0.2.7", 6000), ("127.0.0.1", 5000)):
        server.protocol.subscriptions.proofs.record_received(sender, 28, 0.0)
        server.answer(OscCall(call("train", (), "osc"), sender, "/gesturesynth/train"), True, "done")
    server.close()
    assert sent == [theirs, ("192.0.2.7", 6000), mine, ("127.0.0.1", 5000)]


def test_a_program_of_this_computer_may_name_port_0_for_its_own(server: OscServer) -> None:
    with osc_clients(server) as make:
        program = make()
        (ack,) = subscribed(server, program, 0, 10, "outputs")
        assert f"127.0.0.1:{program.port} " in str(ack[1][1])
        program.send(encode("/gesturesynth/unsubscribe", 0))
        server.poll(0.0)
        assert program.messages()[0][0] == "/gesturesynth/ack"
