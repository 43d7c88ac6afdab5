"""Poses and what they should sound like, of the piece that hands and a head play: for tools/factory_examples.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from gesturesynth.runtime.body_points import all_points
from tests.support.hand_figure import hand, with_hands, with_head_turned
from tests.support.stick_figure import body_from, pose
from tools.shown_poses import FRAME, ShownPose, clamped

SPANS = (0.0, 0.5, 1.0)
TURNS = (-40.0, 0.0, 40.0)


def hands() -> Iterator[ShownPose]:
    for raised, right, left, turn in itertools.product((0.0, 0.33, 0.67, 1.0), SPANS, SPANS, TURNS):
        shown = {
            "right": hand("right", opened=right, at=(0.3, 1.0 - 0.95 * raised), palm=0.1, frame=FRAME),
            "left": hand("left", opened=left, at=(0.7, 0.6), palm=0.1, frame=FRAME),
        }
        body = with_hands(body_from(with_head_turned(pose(frame=FRAME), turn_deg=turn, frame=FRAME)), **shown)
        positions = {
            "note": raised,
            "bow": right,
            "voice": right,
            "chord": clamped(0.5 + turn / 80.0),
            "loud": left,
            "light": left,
        }
        yield ShownPose(all_points(body), positions)
