"""A minute of teaching: three sounds, three poses, and it plays. By keys in a terminal, by OSC, by the command line.

Real footage plays in front of the real landmarker, for ever, and JACK is listened to. One Gesture Synth runs for all
ways. Each of them teaches other poses for the sounds than the one before it, so what one has taught is no help to the
next. Nothing waits for a time that a busy machine could miss: a take that came late is deleted and tried again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Pose, Sound
from tests.support.jack_capture import TimedCapture, voice_pitch_hz
from tests.support.jack_server import JackServer
from tests.support.osc_tools import free_port
from tests.support.posed_video import POSES, measures, pose_of, write_posed_video
from tests.support.teaching_scenario import (
    SETTINGS,
    SNAPSHOTS,
    Control,
    KeyControl,
    OscControl,
    ShellControl,
    SnapshotOfPose,
    TeachingScenario,
)
from tests.support.terminal import TerminalRun

pytestmark = pytest.mark.timeout(300)  # most of it is spent in waiting for the dancer's next pose

RATE = 48000
SETTLED_S = 0.7
"""A pose is held this long before it is measured: smoothing and glides are over."""
WAYS: dict[str, tuple[type[Control], SnapshotOfPose]] = {
    "keys": (KeyControl, {"low": 1, "folded": 2, "high": 3}),
    "OSC": (OscControl, {"low": 3, "folded": 1, "high": 2}),
    "the command line": (ShellControl, {"low": 2, "folded": 3, "high": 1}),
}
OCTAVES = {number: float(np.log2(values["pitch"])) for number, values in SNAPSHOTS.items()}


# ------------------------------------------------------------------------------------------------------ what came of it
@dataclass
class Minutes:
    """What was seen, sent and heard."""

    poses: list[Pose] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)
    played: dict[str, tuple[float, float]] = field(default_factory=dict)
    samples: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    times_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def held(self, way: str) -> dict[str, list[tuple[float, float]]]:
        """When each pose was held and had settled, while what was taught in this way played."""
        begin_s, end_s = self.played[way]
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in POSES}
        before, since_s = "", 0.0
        for pose in self.poses:
            now, now_s = pose_of(pose), pose.capture_time_s
            if now != before:
                span = max(begin_s, since_s + SETTLED_S), min(now_s, end_s)
                if before and span[0] + 0.3 < span[1]:
                    found[before].append(span)
                before, since_s = now, now_s
        return found

    def danced(self, way: str) -> list[tuple[Pose, Sound]]:
        """The poses for which this way's teaching played, each with what it led to."""
        begin_s, end_s = self.played[way]
        led_to = {sound.capture_time_s: sound for sound in self.sounds}
        return [
            (pose, led_to[pose.capture_time_s])
            for pose in self.poses
            if begin_s < pose.capture_time_s < end_s and pose.capture_time_s in led_to
        ]

    def pitch_hz(self, begin_s: float, end_s: float, window_s: float = 0.1) -> NDArray[np.float64]:
        """What is heard in between, window by window."""
        first, last = np.searchsorted(self.times_s, [begin_s, end_s])
        size = round(window_s * RATE)
        return np.array([voice_pitch_hz(self.samples[at : at + size], RATE) for at in range(first, last - size, size)])


@pytest.fixture(scope="module")
def minutes(tmp_path_factory: pytest.TempPathFactory) -> Minutes:
    dance = write_posed_video(tmp_path_factory.mktemp("minute") / "dance.avi")
    port = free_port()
    result = Minutes()
    with JackServer() as server, TimedCapture(server) as capture:
        flags = ("--source", dance, "--audio", "jack", "--osc-port", str(port))
        running = TerminalRun(*flags, environment=server.environment)
        (running.home / "config").mkdir()
        (running.home / "config" / "gesturesynth.yaml").write_text(SETTINGS)
        with running:
            running.wait_until_playing()
            stage = TeachingScenario(running, port)
            for name, (way, taught) in WAYS.items():
                hand = way(stage)
                try:
                    result.played[name] = stage.teach(taught, hand)
                finally:
                    hand.close()
            result.poses, result.sounds = stage.poses.fetch(), stage.sounds.fetch()
            running.press("q")
            running.until_shell()
    result.samples, result.times_s = capture.samples, capture.times_s
    return result


# --------------------------------------------------------------------------------------------------------------- tests
@pytest.mark.parametrize("way", WAYS)
def test_each_pose_sounds_as_it_was_taught(minutes: Minutes, way: str) -> None:
    for name, spans in minutes.held(way).items():
        assert spans, f"'{name}' was never held"
        for span in spans:
            heard_hz = minutes.pitch_hz(*span)
            print(f"{way}: {name}: {np.nanmedian(heard_hz):.0f} Hz in {len(heard_hz)} windows")
            assert np.isfinite(heard_hz).mean() > 0.7
            nearest = [
                min(OCTAVES, key=lambda number: abs(OCTAVES[number] - np.log2(pitch)))
                for pitch in heard_hz[np.isfinite(heard_hz)]
            ]
            assert np.mean(np.array(nearest) == WAYS[way][1][name]) > 0.8, f"'{name}' is heard with {heard_hz} Hz"


@pytest.mark.parametrize("way", WAYS)
def test_between_the_poses_it_moves_smoothly(minutes: Minutes, way: str) -> None:
    taught = WAYS[way][1]
    danced = minutes.danced(way)
    octaves = np.log2([sound.values[0] for _, sound in danced])
    times_s = np.array([pose.capture_time_s for pose, _ in danced])
    body = np.array([measures(pose) for pose, _ in danced])
    assert np.ptp(octaves) > 0.9 * (OCTAVES[3] - OCTAVES[1]), "it goes all the way"
    # From one pose to another the sound moves by so much for so much of a movement; nowhere much more.
    steepest = max(
        abs(OCTAVES[taught[one]] - OCTAVES[taught[other]]) / np.abs(np.subtract(POSES[one], POSES[other])).max()
        for one, other in combinations(POSES, 2)
    )
    moved = np.append(0.0, np.cumsum(np.abs(np.diff(body, axis=0)).max(axis=1)))
    since_s = times_s - np.maximum(0.3, 3 * np.diff(times_s, prepend=times_s[0]))  # a busy machine sees fewer frames
    lately = moved - np.interp(since_s, times_s, moved)
    ratio = np.abs(np.diff(octaves)) / (steepest * lately[1:] + 0.05)
    print(f"{way}: steps up to {np.max(np.abs(np.diff(octaves))):.2f} octaves, {ratio.max():.2f} of the movement's")
    assert ratio.max() < 2.0
    between = np.abs(octaves[:, None] - np.array([*OCTAVES.values()])).min(axis=1) > 0.25
    assert between.mean() > 0.03, "it glides through what is in between"
    heard_hz = minutes.pitch_hz(*minutes.played[way], 0.05)
    heard = np.log2(heard_hz[np.isfinite(heard_hz)])
    print(f"{way}: {between.mean():.3f} between, heard in {len(heard)} of {len(heard_hz)} windows")
    assert np.mean(np.abs(heard[:, None] - np.unique(np.round(octaves, 1))).min(axis=1) < 0.15) > 0.9
