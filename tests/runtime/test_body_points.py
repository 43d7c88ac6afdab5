"""What a body carries beyond its skeleton: hands and numbers about the face."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
import pytest

from gesturesynth.runtime.body_points import (
    FACE_ROWS,
    FACE_VALUES,
    HAND_LANDMARKS,
    HAND_ROWS,
    all_points,
    hand_points,
    is_sound,
)
from gesturesynth.runtime.messages import Body, Pose

BODY = Body(np.full((33, 4), 0.5, np.float32).tobytes(), bytes(33 * 3 * 4))
HAND = np.arange(HAND_LANDMARKS * 3, dtype=np.float32).reshape(-1, 3)
FACE = np.arange(len(FACE_VALUES), dtype=np.float32)
WHOLE = msgspec.structs.replace(BODY, right_hand=HAND.tobytes(), face=FACE.tobytes())


@dataclass(frozen=True)
class _FormerBody:
    """A body as it was before hands."""

    image: bytes
    world: bytes
    person: int = 0


def test_a_body_without_hands_is_on_the_wire_as_before_and_one_with_hands_is_read_back() -> None:
    pack = msgspec.msgpack.encode
    assert pack(BODY) == pack({"image": BODY.image, "world": BODY.world})
    assert msgspec.msgpack.decode(pack(_FormerBody(BODY.image, BODY.world)), type=Body) == BODY
    pose = Pose(1.0, 0, 640, 480, (WHOLE,))
    assert msgspec.msgpack.decode(pack(pose), type=Pose) == pose


def test_all_points_are_the_skeleton_alone_until_there_is_a_hand_or_a_face() -> None:
    assert all_points(BODY).shape == (33, 4)
    points = all_points(WHOLE)
    assert points.shape == (77, 4)
    assert np.array_equal(points[HAND_ROWS["right"], :3], HAND)
    assert np.isnan(points[HAND_ROWS["left"]]).all()
    assert np.array_equal(points[FACE_ROWS].ravel()[: len(FACE)], FACE)
    assert hand_points(WHOLE, "left") is None


@pytest.mark.parametrize(
    "damage",
    [
        {"left_hand": HAND.tobytes()[:-4]},
        {"face": FACE.tobytes() + bytes(4)},
        {"right_hand": np.full_like(HAND, np.nan).tobytes()},
        {"face": np.full_like(FACE, np.inf).tobytes()},
        {"image": b""},
        {"world": bytes(5)},
    ],
    ids=str,
)
def test_a_body_of_another_size_or_without_numbers_is_not_sound(damage: dict[str, bytes]) -> None:
    assert is_sound(WHOLE)
    assert not is_sound(msgspec.structs.replace(WHOLE, **damage))
