"""What single shipped pieces promise in their `about`, without a sound being rendered."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose
from tests.support.stick_figure import ORDER, Point, Proportions, body_from, pose

BELOW_THE_CHEST = tuple(
    name for name in ORDER if any(part in name for part in ("hip", "knee", "ankle", "heel", "foot"))
)


class Player:
    """A piece that is played frame by frame."""

    def __init__(self, name: str) -> None:
        self.preset = loader.load(paths.presets_dir() / f"{name}.yaml")
        self.piece = RunningPreset(self.preset)
        self.piece.take_over(fit(fit_job(self.preset)), 0.0)
        self.fired: list[str] = []
        self._frame = 0

    def show(self, seconds_s: float, *images: NDArray[np.float32] | None) -> MapperFrame:
        """These poses, one after the other and again, for so long; the last frame."""
        for number in range(round(seconds_s * 30)):
            self._frame += 1
            image = images[number % len(images)]
            bodies = () if image is None else (body_from(image),)
            time_s = self._frame / 30
            frame = self.piece.process_pose(Pose(time_s, self._frame, 640, 480, bodies), time_s)
            self.fired += frame.fired
        return frame

    def value(self, frame: MapperFrame, output: str) -> float:
        return float(frame.values[[one.name for one in self.preset.outputs].index(output)])


def hands(right: float, left: float, **others: object) -> NDArray[np.float32]:
    right_wrist: Point = (0.5, right)
    left_wrist: Point = (-0.5, left)
    return pose(right_wrist=right_wrist, left_wrist=left_wrist, **others)  # type: ignore[arg-type]


def test_a_hand_that_comes_up_strikes_its_bell_once() -> None:
    player = Player("bells")
    for right, left in ((-0.8, -0.8), (0.7, -0.8), (-0.8, -0.8), (-0.8, 0.7), (-0.8, -0.8)):
        player.show(0.7, hands(right, left))
    assert player.fired == ["right", "left"]


def test_the_harp_is_played_without_hips_and_legs_in_view() -> None:
    player = Player("wheels")
    low, high = (hands(height, -0.3, hidden=BELOW_THE_CHEST) for height in (-0.6, 0.3))
    still = player.show(2.0, low)
    assert player.value(still, "strings") < 0.4
    assert player.value(still, "pluck") < 0.5, "who is still plucks nothing"
    moving = player.show(1.0, *[hands(height, -0.3, hidden=BELOW_THE_CHEST) for height in np.linspace(-0.6, 0.3, 15)])
    assert player.value(moving, "pluck") > 1.0
    assert player.value(player.show(2.0, high), "strings") > 0.6


@pytest.mark.parametrize(
    ("name", "quick"), [("forest", "arms"), ("duet", "bow"), ("hour", "here"), ("again", "pluck"), ("two", "song")]
)
def test_who_moves_is_heard_within_a_quarter_of_a_second(name: str, quick: str) -> None:
    player = Player(name)
    before = player.value(player.show(3.0, hands(-0.8, -0.8)), quick)
    way = [hands(height, height) for height in np.linspace(-0.8, 0.8, 12)]
    after = max(player.value(player.show(1 / 30, image), quick) for image in way[:8])
    output = next(one for one in player.preset.outputs if one.name == quick)
    assert after - before > 0.15 * (output.ends[1] - output.ends[0])


def test_a_person_who_comes_in_strikes_the_bowl_and_one_who_steps_near_again() -> None:
    player = Player("vigil")
    empty = player.show(8.0, None)
    assert player.value(empty, "wake") <= -80.0
    assert player.value(empty, "rim") <= -80.0
    player.show(3.0, hands(-0.8, -0.8, size=0.13))
    assert player.fired == ["far"]
    near = player.show(3.0, hands(-0.8, -0.8, size=0.34))
    assert player.fired == ["far", "near"]
    assert player.value(near, "wake") > -3.0
    gone = player.show(8.0, None)
    assert player.value(gone, "wake") <= -80.0


def test_the_melody_of_two_goes_on_while_a_key_holds_the_chord() -> None:
    player = Player("two")
    player.show(2.0, hands(-0.5, -0.5))
    player.piece.hold(player.piece.snapshots[4])
    low = player.show(2.0, hands(-0.8, -0.5))
    high = player.show(2.0, hands(0.8, -0.5, at=(0.2, 0.55)))
    assert player.value(high, "melody") > 1.5 * player.value(low, "melody")
    assert player.value(low, "root") == pytest.approx(player.value(high, "root")), "the key decides"
    player.piece.release(10.0)
    walked = [player.value(player.show(3.0, hands(0.0, 0.0, at=(place, 0.55))), "root") for place in (0.15, 0.85)]
    assert walked[0] > 1.3 * walked[1], "without a key, where the person stands does"


@pytest.mark.parametrize("build", [Proportions(), Proportions(upper_arm=0.46, forearm=0.4, thigh=0.6, shin=0.56)])
def test_a_lifted_left_hand_keeps_and_a_crouch_wipes(build: Proportions) -> None:
    player = Player("again")
    plain = player.show(2.0, hands(-0.6, -0.6, proportions=build))
    assert player.value(plain, "keep") < -35.0
    assert player.value(plain, "wipe") > 0.85
    kept = player.show(2.0, hands(-0.6, 0.3, proportions=build))
    assert player.value(kept, "keep") > -12.0
    wiped = player.show(2.0, hands(-0.6, -0.6, squat=0.9, proportions=build))
    assert player.value(wiped, "wipe") < 0.3
