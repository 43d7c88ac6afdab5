"""Features of hands, the face and the head: direction, range, and what is not seen."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.features.catalogue import UnknownFeatureError, feature
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.features.parts import asked_for
from gesturesynth.features.views import turned
from gesturesynth.runtime.body_points import FACE_VALUES, all_points
from gesturesynth.runtime.messages import Body
from tests.support.feature_values import FRAME
from tests.support.hand_figure import hand, with_head_turned
from tests.support.stick_figure import pose

WIDTH, HEIGHT = FRAME
REST = {"mouth_open": 0.0, "mouth_wide": 0.57, "smile": -0.12, "brow_up": 0.6} | dict.fromkeys(
    ("left_eye_open", "right_eye_open"), 0.3
)


def body(right: NDArray[np.float32] | None = None, **face: float) -> NDArray[np.float32]:
    image = np.asarray(pose(), dtype=np.float32)
    whole = Body(image.tobytes(), bytes(33 * 3 * 4), 0, b"", b"" if right is None else right.tobytes())
    if face:
        values = np.array([(REST | face)[name] for name in FACE_VALUES], dtype=np.float32)
        whole = msgspec.structs.replace(whole, face=values.tobytes())
    return all_points(whole)


def measured(points: NDArray[np.float32], name: str) -> float:
    frame = FeatureExtractor([name], None).extract(points, WIDTH, HEIGHT, 0.0)
    assert frame.seen.all(), frame.notes
    return float(frame.values[0])


@pytest.mark.parametrize(
    ("name", "less", "more"),
    [
        ("right_hand.open", {"opened": 0.1}, {"opened": 0.95}),
        ("right_hand.index.angle", {"opened": 0.2}, {"opened": 0.9}),
        ("right_hand.pinch", {"pinch": 0.1}, {"pinch": 0.9}),
        ("right_hand.roll", {"yaw_deg": 80.0}, {"yaw_deg": 0.0}),
        ("right_hand.roll", {"yaw_deg": 180.0}, {"yaw_deg": 100.0}),
        ("right_hand.place.x", {"at": (0.8, 0.5)}, {"at": (0.2, 0.5)}),
        ("right_hand.place.y", {"at": (0.5, 0.8)}, {"at": (0.5, 0.3)}),
        ("right_hand.place.size", {"palm": 0.1}, {"palm": 0.3}),
        ("right_hand.point.y", {"opened": -0.4}, {"opened": 1.0}),
    ],
)
def test_a_hand_is_measured_in_the_direction_that_the_table_says(
    name: str, less: dict[str, float], more: dict[str, float]
) -> None:
    low, high = (measured(body(hand(**shape)), name) for shape in (less, more))  # type: ignore[arg-type]
    entry = feature(name)
    assert entry.low - 1e-6 <= low < high <= entry.high + 1e-6
    assert high - low > 0.25 * (entry.high - entry.low)


def test_a_hand_is_the_same_near_and_far() -> None:
    names = ["right_hand.open", "right_hand.pinch", "right_hand.fingers", "right_hand.roll", "right_hand.spread"]
    near, far = (
        FeatureExtractor(names, None).extract(body(hand(opened=0.6, palm=palm)), WIDTH, HEIGHT, 0.0).values
        for palm in (0.3, 0.05)
    )
    assert np.allclose(near, far, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "ratio", "low", "high"),
    [
        ("face.mouth.open", "mouth_open", 0.0, 0.6),
        ("face.smile", "smile", -0.12, 0.05),
        ("face.smile", "mouth_wide", 0.57, 0.7),
        ("face.brow.up", "brow_up", 0.6, 0.8),
        ("face.left_eye.open", "left_eye_open", 0.1, 0.3),
        ("face.eyes.open", "right_eye_open", 0.1, 0.3),
    ],
)
def test_a_face_is_measured_in_the_direction_that_the_table_says(
    name: str, ratio: str, low: float, high: float
) -> None:
    less, more = (measured(body(None, **{ratio: value}), name) for value in (low, high))
    assert 0.0 <= less < more - 0.1 <= 1.0


def test_hands_without_a_body_are_a_person_in_view() -> None:
    points = body(hand())
    points[:33] = 0.0
    extractor = FeatureExtractor(["right_hand.open", "right_wrist.height", "presence"])
    frame = extractor.extract(points, WIDTH, HEIGHT, 0.0)
    assert frame.person_present
    assert frame.seen.tolist() == [True, False, True]
    assert not FeatureExtractor(["right_wrist.height"]).extract(points, WIDTH, HEIGHT, 0.0).person_present
    assert not extractor.extract(points[:33], WIDTH, HEIGHT, 0.1).person_present


def test_what_is_not_seen_holds_its_value_and_is_said() -> None:
    extractor = FeatureExtractor(["right_hand.open", "left_hand.open", "face.smile", "right_wrist.height"], None)
    first = extractor.extract(body(hand(opened=0.2)), WIDTH, HEIGHT, 0.0)
    assert first.seen.tolist() == [True, False, False, True]
    assert first.notes == ("the left hand cannot be seen closely", "the face cannot be seen closely")
    second = extractor.extract(body()[:33], WIDTH, HEIGHT, 0.03)
    assert second.seen.tolist() == [False, False, False, True]
    assert second.values[0] == first.values[0]
    broken = body(hand())
    broken[60] = np.nan
    assert not extractor.extract(broken, WIDTH, HEIGHT, 0.06).seen[0]
    assert np.isfinite(extractor.extract(broken, WIDTH, HEIGHT, 0.09).values).all()


def test_a_preset_asks_for_what_its_features_need() -> None:
    assert asked_for(["right_wrist.height", "head.turn", "pair.distance"]) == (False, False)
    assert asked_for(["right_wrist.height", "left_hand.fingers"]) == (True, False)
    assert asked_for(["face.smile"]) == (False, True)
    assert asked_for(["fist [0, 1] = 1 - right_hand.open"]) == (True, False)
    with pytest.raises(UnknownFeatureError):
        feature("second.right_hand.open")


@pytest.mark.parametrize("angle", [-30.0, 0.0, 25.0])
@pytest.mark.parametrize(
    ("name", "about"), [("head.turn", "turn_deg"), ("head.tilt", "tilt_deg"), ("head.nod", "nod_deg")]
)
def test_a_head_that_turns_by_an_angle_is_measured_as_that_angle(name: str, about: str, angle: float) -> None:
    image = with_head_turned(pose(), **{about: angle})  # type: ignore[arg-type]  # names of angles
    frame = FeatureExtractor(["head.turn", "head.tilt", "head.nod"], None).extract(image, WIDTH, HEIGHT, 0.0)
    found = dict(zip(("head.turn", "head.tilt", "head.nod"), frame.values.tolist(), strict=True))
    assert frame.seen.all()
    assert found.pop(name) == pytest.approx(angle, abs=5.0)
    assert all(abs(value) < 8.0 for value in found.values())


def test_a_turned_view_leaves_hands_and_face_as_they_are() -> None:
    points = body(hand(), smile=0.05)
    other = turned(points, WIDTH, HEIGHT, yaw_deg=15.0, roll_deg=8.0)
    assert np.array_equal(points[33:], other[33:], equal_nan=True)
    assert not np.allclose(points[:33], other[:33])
