"""What browsers get: poses in bytes, statuses as JSON that JavaScript can read."""

from __future__ import annotations

import json
import math
import struct

import msgspec
import numpy as np

from gesturesynth.page.topics import PLAYED, POSE, SPECTRUM, TOPICS, encode_pose, encode_spectrum
from gesturesynth.runtime.messages import Body, Pose, TrackerStatus
from gesturesynth.runtime.played_pose import PlayedPose
from gesturesynth.runtime.spectrum_message import SPECTRUM_BANDS, Spectrum


def body(start: float) -> Body:
    image = np.linspace(start, start + 1.0, 33 * 4, dtype=np.float32).reshape(33, 4)
    return Body.from_arrays(image, np.zeros((33, 3), dtype=np.float32))


def test_a_pose_has_its_numbers_where_the_page_looks_for_them() -> None:
    bodies = (body(0.0), body(5.0))
    frame = encode_pose(Pose(capture_time_s=12.5, sequence=3, width=640, height=480, bodies=bodies))
    assert struct.unpack_from("<BBHHBxd", frame) == (POSE, 2, 640, 480, 0, 12.5)
    read = np.frombuffer(frame, dtype="<f4", offset=16, count=2 * 33 * 4).reshape(2, 33, 4)
    assert np.array_equal(read[0], bodies[0].image_array())
    assert np.array_equal(read[1], bodies[1].image_array())


def test_behind_the_bodies_are_the_numbers_of_the_persons() -> None:
    bodies = (msgspec.structs.replace(body(0.0), person=7), msgspec.structs.replace(body(1.0), person=3))
    frame = encode_pose(Pose(capture_time_s=12.5, sequence=3, width=640, height=480, bodies=bodies))
    assert np.frombuffer(frame, dtype="<u4", offset=16 + 2 * 33 * 16).tolist() == [7, 3]


def test_hands_follow_the_bodies() -> None:
    hand = np.arange(63, dtype=np.float32)
    shown = msgspec.structs.replace(body(0.0), right_hand=hand.tobytes())
    frame = encode_pose(Pose(12.5, 3, 640, 480, (shown, body(5.0))))
    assert frame[1] == 2
    assert frame[6] == 1
    assert np.array_equal(np.frombuffer(frame, dtype="<f4", offset=16 + 2 * 33 * 16 + 8), hand)


def test_a_pose_that_is_played_is_told_from_one_of_this_computer() -> None:
    pose = Pose(12.5, 3, 640, 480, (body(0.0),))
    (topic,) = (topic for topic in TOPICS.values() if topic.message_type is PlayedPose)
    frame = topic.encode(PlayedPose.of(pose))
    assert isinstance(frame, bytes)
    assert frame[:1] == bytes([PLAYED])
    assert frame[1:] == encode_pose(pose)[1:]


def test_a_frame_without_a_person_is_a_head_alone() -> None:
    assert len(encode_pose(Pose(0.0, 0, 640, 480, ()))) == 16


def test_what_is_not_finite_is_null() -> None:
    status = TrackerStatus(1.0, 2, 'camera "x"', "opening", "", math.nan, math.inf, 0.0, "none")
    read = json.loads(str(TOPICS["tracker"].encode(status)), parse_constant=lambda text: f"not JSON: {text}")
    assert read["topic"] == "tracker"
    assert read["message"]["frame_age_s"] is None
    assert read["message"]["fps"] is None
    assert read["message"]["source"] == 'camera "x"'


def test_a_spectrum_is_a_byte_for_each_band() -> None:
    levels = (-120.0, -60.2, 0.0, 3.0) + (-127.0,) * (SPECTRUM_BANDS - 4)
    frame = encode_spectrum(Spectrum(1.0, levels))
    assert len(frame) == 1 + SPECTRUM_BANDS
    assert list(frame[:6]) == [SPECTRUM, 240, 120, 0, 0, 254]
