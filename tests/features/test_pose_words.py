"""A pose in a few words, as its performer sees it."""

from __future__ import annotations

import pytest

from gesturesynth.features.pose_words import pose_words
from tests.support import stick_figure

FRAME = (640, 480)


@pytest.mark.parametrize(
    ("right", "left", "words"),
    [
        ((5.0, 175.0), (5.0, 175.0), "both hands low"),
        ((175.0, 175.0), (5.0, 175.0), "right hand high, left hand low"),
        ((90.0, 175.0), (90.0, 175.0), "both hands at the shoulder and far out"),
    ],
)
def test_hands_are_told_by_side_and_height(right: tuple[float, float], left: tuple[float, float], words: str) -> None:
    assert pose_words(stick_figure.pose(right_arm=right, left_arm=left, frame=FRAME), *FRAME) == words


def test_a_body_that_leans_is_told() -> None:
    text = pose_words(stick_figure.pose(lean_deg=25.0, frame=FRAME), *FRAME)
    assert text.endswith("leaning to the right")


def test_arms_that_cannot_be_seen_give_no_words_about_hands() -> None:
    image = stick_figure.pose(frame=FRAME).copy()
    image[11:23, 3] = 0.0
    assert "hand" not in pose_words(image, *FRAME)
