"""Computed features on a real body and on inputs, frame after frame."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.features.catalogue import UnknownFeatureError
from gesturesynth.features.computed.definition import Definition
from gesturesynth.features.computed.extractor import ComputedExtractor
from gesturesynth.features.people.extractor import PeopleExtractor
from gesturesynth.features.people.role_frame import RoleBody, RoleFrame, alone
from gesturesynth.features.people.roles import Roles
from tests.support.several_people import pose_of
from tests.support.stick_figure import pose

BODY = ["right_wrist.height", "hands.distance", "people.count"]
LIFT = Definition("lift", -2.0, 2.0, "right_wrist.height - left_wrist.height").name
PHONE = Definition("phone.2", -1.0, 1.0, "phone.2").name
SHAKE = Definition("shake", 0.0, 1.0, "deviation(phone.1, 1 s) + right_wrist.height * 0").name
SPEED = Definition("speed", -4.0, 4.0, "change(phone.1)").name


def body(lift: float = 0.0) -> NDArray[np.float32]:
    return pose(right_wrist=(0.5, lift), left_wrist=(-0.3, -0.2))


def with_inputs(image: NDArray[np.float32] | None, **inputs: tuple[float, ...]) -> RoleFrame:
    return dataclasses.replace(alone(image), inputs=inputs)


def test_without_definitions_it_is_the_extractor_of_bodies() -> None:
    ours, theirs = ComputedExtractor(BODY), PeopleExtractor(BODY)
    for frame in range(20):
        image = body(0.01 * frame)
        first, second = (one.extract(image, 640, 480, frame / 30) for one in (ours, theirs))
        assert np.array_equal(first.values, second.values)
        assert np.array_equal(first.seen, second.seen)
        assert first.notes == second.notes


def test_a_computed_feature_follows_the_body_and_what_it_is_made_of_stays_as_it_was() -> None:
    ours, theirs = ComputedExtractor([*BODY, LIFT]), PeopleExtractor([*BODY, "left_wrist.height"])
    for frame in range(20):
        image = body(0.01 * frame)
        found, plain = (one.extract(image, 640, 480, frame / 30) for one in (ours, theirs))
        assert np.array_equal(found.values[:3], plain.values[:3])
        assert found.values[3] == pytest.approx(plain.values[0] - plain.values[3])
        assert found.seen[3]
        assert found.person_present


def test_inputs_alone_are_a_person() -> None:
    extractor = ComputedExtractor([PHONE])
    empty = extractor.extract(None, 0, 0, 0.0)
    assert not empty.person_present
    assert empty.notes == ("input 'phone' is silent",)
    assert empty.values.tolist() == [0.0]
    there = extractor.extract(None, 0, 0, 0.1, with_inputs(None, phone=(0.5, -0.25)))
    assert there.person_present
    assert there.values.tolist() == [-0.25]
    assert there.notes == ()
    gone = extractor.extract(None, 0, 0, 0.2)
    assert not gone.seen.any()
    assert gone.values.tolist() == [-0.25]


def test_with_features_of_bodies_only_a_body_is_a_person() -> None:
    extractor = ComputedExtractor(["right_wrist.height", PHONE])
    frame = extractor.extract(None, 640, 480, 0.0, with_inputs(None, phone=(0.5, 1.0)))
    assert not frame.person_present
    assert frame.seen.tolist() == [False, True]


def test_body_and_input_meet_in_one_expression() -> None:
    extractor = ComputedExtractor([SHAKE, SPEED])
    for frame in range(60):
        found = extractor.extract(body(), 640, 480, frame / 30, with_inputs(body(), phone=(float(frame % 2),)))
    assert found.values[0] == pytest.approx(0.5, abs=0.02)
    assert abs(found.values[1]) == pytest.approx(30.0)


def test_a_message_that_is_too_short_or_no_number_is_not_seen() -> None:
    extractor = ComputedExtractor([PHONE])
    for given in ((1.0,), (1.0, math.nan), (1.0, math.inf)):
        assert not extractor.extract(None, 0, 0, 0.0, with_inputs(None, phone=given)).seen.any()
        extractor.reset()


def test_a_gap_and_a_time_that_goes_back_begin_again_and_a_repeated_one_changes_nothing() -> None:
    extractor = ComputedExtractor([SPEED])

    def speed(time_s: float, value: float) -> tuple[float, bool]:
        frame = extractor.extract(None, 0, 0, time_s, with_inputs(None, phone=(value,)))
        return float(frame.values[0]), bool(frame.seen[0])

    speed(0.0, 0.0)
    assert speed(0.1, 1.0)[0] == pytest.approx(10.0)
    assert speed(0.1, 9.0)[0] == pytest.approx(10.0)
    assert speed(40.0, 9.0)[1] is False
    assert speed(39.0, 9.0)[1] is False


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownFeatureError):
        ComputedExtractor(["shake [0, 1] = 1 +"])


FAR = Definition("far", -2.0, 2.0, "second.right_wrist.height - right_wrist.height").name
MEAN = Definition("mean", -2.0, 2.0, "mean(second.right_wrist.height, 2 s)").name


def test_what_needs_a_person_who_is_not_here_is_absent() -> None:
    extractor, roles = ComputedExtractor([FAR, LIFT, PHONE, "second.lean"]), Roles()
    for number, people in enumerate((((1, body()), (2, body(0.5))), ((1, body()),))):
        pose = pose_of(2.0 * number, *people)
        found = roles.of_pose(pose)
        frame = extractor.extract(found.image, 640, 480, pose.capture_time_s, found)
        assert frame.absent is not None
        assert frame.absent.tolist() == [number == 1, False, False, number == 1]


def test_nothing_is_remembered_from_one_person_to_another() -> None:
    extractor = ComputedExtractor([MEAN, "second.right_wrist.height"], None)
    for number in range(60):
        pose = pose_of(number / 30, (1, body()), (2, body(1.0)) if number < 30 else (3, body(-0.5)))
        frame_of_roles = RoleFrame(
            {
                role: RoleBody(one.person, one.image_array())
                for role, one in zip(("", "second"), pose.bodies, strict=True)
            },
            tuple(one.person for one in pose.bodies),
        )
        frame = extractor.extract(frame_of_roles.image, 640, 480, pose.capture_time_s, frame_of_roles)
        if number == 30:
            assert frame.handed_over
        if number >= 30:
            assert frame.values[0] == pytest.approx(frame.values[1])


def test_messages_that_are_seconds_apart_are_one_stream_where_no_body_is_measured() -> None:
    alone_, with_body = ComputedExtractor([SPEED]), ComputedExtractor([SPEED, "right_wrist.height"])
    for frame, value in enumerate((0.0, 1.0, 3.0)):
        people = with_inputs(None, phone=(value,))
        slow, broken = (one.extract(None, 640, 480, 2.0 * frame, people) for one in (alone_, with_body))
    assert slow.values[0] == pytest.approx(1.0)
    assert not broken.seen[0], "frames of a camera that was away for so long are not"
    people = with_inputs(None, phone=(9.0,))
    assert not alone_.extract(None, 640, 480, 60.0, people).seen[0]
