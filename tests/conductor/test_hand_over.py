"""A body that is seen from two sides: the sound crosses over to the other side, and does not jump."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gesturesynth.conductor.loop import TICK_S
from gesturesynth.remote_poses.receiver import PoseReceiver
from gesturesynth.runtime.messages import Body
from tests.support.conductor_harness import HIGH, LOW, THEREMIN, ConductorHarness
from tests.support.remote_poses import ServerInThread, new_key, pose_server, receiving
from tests.support.waiting import wait_for

HANDS = Path(__file__).parents[2] / "presets" / "hands.yaml"
LARGEST_STEP = 0.2
"""Of an output's range, from one tick to the next; a jump to the other side would be a whole range."""


def seen(body: Body, visibility: float) -> Body:
    """The body, seen so well."""
    image = body.image_array().copy()
    image[:, 3] = visibility
    return msgspec.structs.replace(body, image=image.tobytes())


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[ServerInThread, ServerInThread, PoseReceiver]]:
    stage = new_key()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        pose_server(tmp_path / "a", {"stage": stage.public}) as left,
        pose_server(tmp_path / "b", {"stage": stage.public}) as right,
        receiving(stage, left.tracker(name="left"), right.tracker(name="right")) as receiver,
    ):
        yield left, right, receiver


def test_a_piece_that_needs_hands_asks_trackers_elsewhere_for_them(
    sides: tuple[ServerInThread, ServerInThread, PoseReceiver],
) -> None:
    with ConductorHarness(HANDS, receiver=sides[2]) as harness:

        def asked() -> bool:
            harness.conductor.tick(None, time.monotonic())
            return all(side.server.wishes.all(0.0).hands for side in sides[:2])

        wait_for(asked, "the wish for hands at both trackers")


def test_the_sound_crosses_over_to_the_other_side(sides: tuple[ServerInThread, ServerInThread, PoseReceiver]) -> None:
    left, right, receiver = sides
    left.body, right.body = seen(LOW, 0.9), seen(HIGH, 0.6)
    with ConductorHarness(THEREMIN, receiver=receiver) as harness:
        positions: list[float] = []

        def play(seconds: float) -> None:
            end_s = time.monotonic() + seconds
            while time.monotonic() < end_s:
                harness.now_s = time.monotonic()
                frame = harness.conductor.tick(receiver.newest(), harness.now_s)
                positions.append(float(frame.positions[0]))
                time.sleep(TICK_S)

        wait_for(lambda: [one.state for one in receiver.readings] == ["live", "live"], "both sides")
        harness.until(lambda: bool(harness.preset_manager.model), "a model")
        play(2.0)
        before = positions[-1]
        left.body, right.body = seen(LOW, 0.5), seen(HIGH, 0.9)
        begun = len(positions)
        while not receiver.readings[1].used:
            assert len(positions) < begun + 2000, "the other side is never used"
            play(0.2)
        play(1.5)
        after = positions[begun:]
        assert abs(after[-1] - before) > 2 * LARGEST_STEP, "the sides differ, or there is nothing to cross over"
        assert float(np.abs(np.diff(after)).max()) < LARGEST_STEP
        assert [one.used for one in harness.conductor.status().trackers] == [False, True]
