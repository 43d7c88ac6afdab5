"""Real people teach a running conductor by commands, and it recognises their later repetitions."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from gesturesynth.conductor.loop import TICK_S
from tests.evaluation.gestures.recordings import REPETITIONS, poses, skeleton_folder
from tests.support.conductor_harness import ConductorHarness, own_preset

pytestmark = pytest.mark.slow("a trainer process")

PRESET = """\
name: Exercise
features: [hips.height]
outputs:
  swell: {to: theremin.timbre, range: [0, 0.1], from: jack.progress}
gestures:
  jack: {trigger: percussion.clap}
  squat: {trigger: percussion.kick}
"""


class Playback:
    """Plays a recording into a conductor in its own time."""

    def __init__(self, harness: ConductorHarness, recording: str) -> None:
        self.harness = harness
        self._poses = list(poses(recording))
        self._number = 0
        self.played_s = self._poses[0].capture_time_s

    def until(self, time_s: float) -> None:
        """Ticks until this moment of the recording."""
        harness = self.harness
        while self.played_s < time_s and self._number < len(self._poses):
            self.played_s += TICK_S
            harness.now_s += TICK_S
            pose = self._poses[self._number]
            if pose.capture_time_s <= self.played_s:
                late_s = self.played_s - pose.capture_time_s
                self._number += 1
                harness.conductor.tick(
                    msgspec.structs.replace(pose, capture_time_s=harness.now_s - late_s), harness.now_s
                )
            else:
                harness.conductor.tick(None, harness.now_s)


@pytest.fixture
def harness() -> Iterator[ConductorHarness]:
    for name in ("jk.skeleton", "sqc.skeleton"):
        if not (skeleton_folder() / name).is_file():
            pytest.skip(f"TEST FOOTAGE MISSING: {name} is not in {skeleton_folder()} (set GESTURESYNTH_TEST_MEDIA)")
    with ConductorHarness(own_preset("exercise", PRESET)) as conductor:
        yield conductor


@pytest.mark.parametrize(("gesture", "recording", "taught"), [("jack", "jacks", 2), ("squat", "squats", 2)])
def test_repetitions_teach_a_gesture_and_later_ones_strike_once(
    harness: ConductorHarness, gesture: str, recording: str, taught: int
) -> None:
    spans = REPETITIONS[recording][gesture][:9]  # of the jacks, those from the front and half turned
    player = Playback(harness, recording)
    harness.done("label", gesture)
    for start_s, end_s in spans[:taught]:
        player.until(start_s - 0.05)
        harness.submit("hold", True)
        player.until(end_s + 0.05)
        harness.submit("hold", False)
    trained = Playback(harness, recording)  # from the beginning: no time passes in it while the trainer works
    harness.body = None
    harness.train()
    assert "1 gesture" in harness.preset_manager.model
    assert harness.state.takes == {gesture: taught}
    preset = harness.preset_manager.piece.preset
    trigger = preset.triggers.index(preset.gestures[gesture].trigger or "")
    trained.until(spans[taught][0] + 0.3)  # the repetition before it has struck
    before, first = harness.sounds[-1].trigger_counts, len(harness.sounds)
    trained.until(spans[-1][1] + 0.4)
    strikes = harness.sounds[-1].trigger_counts[trigger] - before[trigger]
    performed = len(spans) - taught
    assert 0.9 * performed <= strikes <= performed
    assert harness.sounds[-1].trigger_counts[1 - trigger] == 0, "the other gesture was never taught"
    swell = [sound.values[0] / 0.1 for sound in harness.sounds[first:]]
    assert min(swell) < 0.1
    assert (max(swell) > 0.9) == (gesture == "jack"), "an output follows its own gesture alone"
