"""Where hands and heads are looked for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gesturesynth.features.landmarks import POINT
from gesturesynth.tracking.hands_and_face.hand_landmarker import cut
from gesturesynth.tracking.hands_and_face.regions import HandRegion, head_region, pixels
from tests.support.hand_figure import with_head_turned
from tests.support.stick_figure import pose

WIDTH, HEIGHT = 1280, 720
FRAME = (WIDTH, HEIGHT)


def test_a_square_lies_around_the_hand_and_grows_with_the_body() -> None:
    sides = []
    for size in (0.2, 0.4):
        points = pixels(pose(right_wrist=(0.9, 0.1), size=size, frame=FRAME), WIDTH, HEIGHT)
        square = HandRegion("right").follow(points)
        assert square is not None
        for name in ("right_wrist", "right_index", "right_pinky"):
            away = np.abs(points[POINT[name], :2] - (square.x, square.y)).max()
            assert away < 0.4 * square.side
        sides.append(square.side)
    assert sides[1] == pytest.approx(2 * sides[0], rel=0.05)


def test_the_size_follows_slowly_and_a_hidden_or_tiny_hand_has_no_square() -> None:
    region = HandRegion("left")
    near, far = (pixels(pose(size=size, frame=FRAME), WIDTH, HEIGHT) for size in (0.3, 0.25))
    first, second = region.follow(near), region.follow(far)
    assert first is not None
    assert second is not None
    assert 0.96 * first.side < second.side < first.side
    assert region.follow(pixels(pose(frame=FRAME, hidden=("left_wrist",)), WIDTH, HEIGHT)) is None
    assert HandRegion("left").follow(pixels(pose(size=0.05, frame=FRAME), WIDTH, HEIGHT)) is None


@pytest.mark.parametrize("tilt", [-30.0, 0.0, 20.0])
def test_a_heads_square_is_level_with_its_eyes_and_as_large_when_it_turns(tilt: float) -> None:
    straight, turned = (
        head_region(
            pixels(with_head_turned(pose(frame=FRAME), tilt_deg=tilt, turn_deg=turn, frame=FRAME), WIDTH, HEIGHT)
        )
        for turn in (0.0, 40.0)
    )
    assert straight is not None
    assert turned is not None
    assert math.degrees(straight.turn) == pytest.approx(-tilt, abs=1.0)
    assert turned.side == pytest.approx(straight.side, rel=0.15)


def test_what_leaves_the_frame_is_black() -> None:
    frame = np.full((40, 60, 3), 7, dtype=np.uint8)
    inside, corner, away = cut(frame, 10, 10, 20), cut(frame, -5, 30, 20), cut(frame, 200, 200, 20)
    assert (inside == 7).all()
    assert corner.shape == (20, 20, 3)
    assert (corner[:10, 5:] == 7).all()
    assert corner.sum() == 7 * 3 * 10 * 15
    assert away.shape == (20, 20, 3)
    assert not away.any()
