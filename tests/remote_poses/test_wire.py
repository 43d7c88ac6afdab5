"""What comes from a computer with a key: good messages pass, and nothing else does any harm."""

from __future__ import annotations

import math
import random

import msgspec
import numpy as np
import pytest

from gesturesynth.remote_poses import wire
from gesturesynth.runtime.body_points import is_sound
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from tests.support.remote_poses import body, pose

MUTANTS = 100_000


def delivery(**changes: object) -> wire.Delivery:
    good = wire.Delivery(wire.VERSION, 5, 3, 10.0, 2, 9.9, "live", pose(9.95, 3, body(), body()))
    return msgspec.structs.replace(good, **changes)


def test_messages_are_what_they_were() -> None:
    assert wire.decode_delivery(wire.encode(delivery())) == delivery()
    assert wire.decode_delivery(wire.encode(delivery(pose=None))).pose is None
    report = wire.Report(wire.VERSION, 1, 2, 3)
    assert wire.decode_report(wire.encode(report)) == report
    largest = wire.Report(wire.VERSION, 1 << 53, 1 << 53, 1 << 53, 6, hands=True, face=True, everyone=True)
    assert len(wire.encode(largest)) <= wire.REPORT_BYTES
    assert wire.decode_report(wire.encode(largest)).request == TrackingRequest(6, hands=True, face=True, everyone=True)


def test_a_receiver_of_an_earlier_version_asks_for_nothing_and_one_of_a_later_version_may_say_more() -> None:
    assert wire.decode_report(msgspec.msgpack.encode([wire.VERSION, 1, 2, 3])).request == NO_REQUEST
    longer = msgspec.msgpack.encode([wire.VERSION, 1, 2, 3, 2, True, False, False, "more"])
    assert wire.decode_report(longer).request == TrackingRequest(2, hands=True)


@pytest.mark.parametrize("asked", [[7], [-1], ["all"], [1.5], [2, "yes"], [2, 1], [2, True, "tcp://a"], [[2]], [None]])
def test_a_report_that_asks_for_anything_else_is_dropped(asked: list[object]) -> None:
    with pytest.raises(wire.NotUsable, match="malformed"):
        wire.decode_report(msgspec.msgpack.encode([wire.VERSION, 1, 2, 3, *asked]))


def test_a_body_of_a_later_version_may_have_more_and_the_largest_pose_fits() -> None:
    data = msgspec.msgpack.decode(wire.encode(delivery()))
    data[-1]["new"] = 1
    assert wire.decode_delivery(msgspec.msgpack.encode(data)).pose == delivery().pose
    whole = msgspec.structs.replace(body(), left_hand=b"\0" * 252, right_hand=b"\0" * 252, face=b"\0" * 32)
    assert len(wire.encode(delivery(pose=pose(1.0, 1, *[whole] * 6)))) < wire.DELIVERY_BYTES


def _with_number(number: float) -> bytes:
    image = body().image_array().copy()
    image[7, 2] = number
    return image.tobytes()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": 2}, "version"),
        ({"sent_s": math.nan}, "malformed"),
        ({"report_came_s": math.inf}, "malformed"),
        ({"number": -1}, "malformed"),
        ({"session": 1 << 60}, "malformed"),
        ({"source": "asleep"}, "malformed"),
        ({"pose": pose(math.inf, 1)}, "malformed"),
        ({"pose": pose(1.0, -1)}, "malformed"),
        ({"pose": pose(1.0, 1, *[body()] * 7)}, "malformed"),
        ({"pose": msgspec.structs.replace(pose(1.0), width=0)}, "malformed"),
        ({"pose": msgspec.structs.replace(pose(1.0), height=1 << 20)}, "malformed"),
        ({"pose": msgspec.structs.replace(pose(1.0), inference_s=-1.0)}, "malformed"),
        *[
            ({"pose": pose(1.0, 1, msgspec.structs.replace(body(), image=image))}, "malformed")
            for image in (b"", b"\0" * 524, _with_number(math.nan), _with_number(math.inf), _with_number(1e30))
        ],
        ({"pose": pose(1.0, 1, msgspec.structs.replace(body(), left_hand=b"\0" * 4))}, "malformed"),
        ({"pose": pose(1.0, 1, msgspec.structs.replace(body(), person=1 << 60))}, "malformed"),
        ({"pose": msgspec.structs.replace(pose(1.0), inputs={"phone": (0.5,)})}, "malformed"),
        ({"pose": msgspec.structs.replace(pose(1.0), inputs={"phone": (math.nan,)})}, "malformed"),
    ],
)
def test_what_cannot_be_is_dropped_by_its_reason(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(wire.NotUsable) as error:
        wire.decode_delivery(wire.encode(delivery(**changes)))
    assert error.value.reason == reason


def test_what_is_too_long_is_not_looked_at() -> None:
    with pytest.raises(wire.NotUsable, match="oversized"):
        wire.decode_delivery(b"\0" * (wire.DELIVERY_BYTES + 1))
    with pytest.raises(wire.NotUsable, match="oversized"):
        wire.decode_report(b"\0" * (wire.REPORT_BYTES + 1))


def test_of_a_hundred_thousand_damaged_messages_none_does_harm() -> None:
    chance = random.Random(14)
    messages = [
        wire.encode(delivery(pose=None)),
        wire.encode(delivery(pose=pose(9.95, 3))),
        wire.encode(delivery(pose=pose(9.95, 3, body()))),
        wire.encode(wire.Report(wire.VERSION, 1, 2, 3)),
    ]
    dropped = passed = 0
    for number in range(MUTANTS):
        data = bytearray(messages[number % len(messages)])
        for _ in range(chance.randint(1, 4)):
            _damage(data, chance)
        try:
            if number % 4 == 3:
                wire.decode_report(bytes(data))
            else:
                found = wire.decode_delivery(bytes(data))
                assert math.isfinite(found.sent_s)
                assert found.pose is None or all(map(is_sound, found.pose.bodies))
            passed += 1
        except wire.NotUsable:
            dropped += 1
    assert dropped > MUTANTS // 4
    assert passed > MUTANTS // 100, "a changed digit of a coordinate is no damage that can be seen"


def _damage(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data) + 1) if data else 0
    kind = chance.randrange(5)
    if kind == 0 and place < len(data):
        data[place] ^= 1 << chance.randrange(8)
    elif kind == 1 and place < len(data):
        data[place] = chance.choice((0x00, 0x7F, 0x80, 0x90, 0xC0, 0xC1, 0xCB, 0xDD, 0xDF, 0xFF))
    elif kind == 2:
        del data[place : place + chance.randint(1, 8)]
    elif kind == 3:
        data[place:place] = chance.randbytes(chance.randint(1, 8))
    else:
        data[place : place + 4] = np.float32(chance.choice((math.nan, math.inf, -1e38))).tobytes()
