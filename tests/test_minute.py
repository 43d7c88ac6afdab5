"""A minute of teaching: three sounds, three poses, and it plays. By keys in a terminal, by OSC, by the command line.

One Gesture Synth runs for all of them. Each way teaches other poses for the sounds than the way before it, so what one
has taught is no help to the next.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from gesturesynth.bus import Pose, Sound
from tests.hearing import TimedCapture, voice_pitch_hz
from tests.jackserver import JackServer, wait_for
from tests.lesson import (
    FRAME_HZ,
    MOVE_S,
    POSES,
    SETTINGS,
    SNAPSHOTS,
    Keys,
    Osc,
    Shell,
    Stage,
    Taught,
    pose_of,
    write_performer,
)
from tests.tmux import COLUMNS, ROWS, TerminalRun

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.timeout(240),  # most of it is spent in waiting for the performer's next pose
]

RATE = 48000
SETTLED_S = 0.8
"""A pose is held this long before it is measured: smoothing and glides are over."""
WAYS: dict[str, tuple[type[Keys | Osc | Shell], Taught]] = {
    "keys": (Keys, {"low": 1, "level": 2, "high": 3}),
    "OSC": (Osc, {"low": 3, "level": 1, "high": 2}),
    "the command line": (Shell, {"low": 2, "level": 3, "high": 1}),
}


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
                if before and max(begin_s, since_s + SETTLED_S) + 0.3 < min(now_s, end_s):
                    found[before].append((max(begin_s, since_s + SETTLED_S), min(now_s, end_s)))
                before, since_s = now, now_s
        return found

    def pitch_hz(self, begin_s: float, end_s: float, window_s: float = 0.1) -> NDArray[np.float64]:
        """What is heard in between, window by window."""
        first, last = np.searchsorted(self.times_s, [begin_s, end_s])
        size = round(window_s * RATE)
        return np.array([voice_pitch_hz(self.samples[at : at + size], RATE) for at in range(first, last - size, size)])


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind(("127.0.0.1", 0))
        return int(finder.getsockname()[1])


@pytest.fixture(scope="module")
def minutes(tmp_path_factory: pytest.TempPathFactory) -> Minutes:
    performer = write_performer(tmp_path_factory.mktemp("minute") / "performer.skeleton")
    port = free_port()
    result = Minutes()
    with JackServer() as server, TimedCapture(server) as capture:
        flags = ("--source", performer, "--audio", "jack", "--osc-port", str(port))
        running = TerminalRun(*flags, environment=server.environment)
        (running.home / "config").mkdir()
        (running.home / "config" / "gesturesynth.yaml").write_text(SETTINGS)
        with running:
            running.playing()
            stage = Stage(running, port)
            for name, (way, taught) in WAYS.items():
                result.played[name] = stage.teach(taught, way(stage))
            result.poses, result.sounds = stage.poses.fetch(), stage.sounds.fetch()
            running.press("q")
            running.until_shell()
    result.samples, result.times_s = capture.samples, capture.times_s
    return result


# --------------------------------------------------------------------------------------------------------------- tests
@pytest.mark.parametrize("way", WAYS)
def test_each_pose_sounds_as_it_was_taught_within_a_minute(minutes: Minutes, way: str) -> None:
    pitches = {number: np.log2(values["pitch"]) for number, values in SNAPSHOTS.items()}
    for name, spans in minutes.held(way).items():
        heard_hz = np.concatenate([minutes.pitch_hz(*span) for span in spans])
        print(f"{way}: {name}: {np.nanmedian(heard_hz):.0f} Hz in {len(heard_hz)} windows")
        assert np.isfinite(heard_hz).mean() > 0.8
        for pitch in heard_hz[np.isfinite(heard_hz)]:
            nearest = min(pitches, key=lambda number: abs(pitches[number] - np.log2(pitch)))
            assert nearest == WAYS[way][1][name], f"'{name}' is heard with {pitch:.0f} Hz"


@pytest.mark.parametrize("way", WAYS)
def test_between_the_poses_it_moves_smoothly(minutes: Minutes, way: str) -> None:
    begin_s, end_s = minutes.played[way]
    played = [sound for sound in minutes.sounds if begin_s < sound.capture_time_s < end_s]
    octaves = np.log2([sound.values[0] for sound in played])
    times_s = np.array([sound.capture_time_s for sound in played])
    spread = np.log2(SNAPSHOTS[3]["pitch"] / SNAPSHOTS[1]["pitch"])
    assert np.ptp(octaves) > 0.9 * spread, "it goes all the way"
    # The fastest moment of the gesture crosses all in MOVE_S * 2 / pi.
    fastest = spread * np.pi / 2 / MOVE_S
    pauses_s = np.maximum(np.diff(times_s), 1 / FRAME_HZ)
    print(f"{way}: fastest {np.max(np.abs(np.diff(octaves)) / pauses_s) / fastest:.2f} of what the gesture explains")
    assert np.all(np.abs(np.diff(octaves)) <= 2.5 * fastest * pauses_s)
    between = np.abs(octaves[:, None] - np.log2([SNAPSHOTS[n]["pitch"] for n in SNAPSHOTS])).min(axis=1) > 0.25
    assert between.mean() > 0.04, "it glides through what is in between"
    heard_hz = minutes.pitch_hz(begin_s, end_s, 0.05)
    heard = np.log2(heard_hz[np.isfinite(heard_hz)])
    assert np.mean(np.abs(heard[:, None] - np.unique(np.round(octaves, 1))).min(axis=1) < 0.15) > 0.9


@pytest.fixture
def terminal() -> Iterator[TerminalRun]:
    with TerminalRun("--source", "demo", "--audio", "null", "--osc-port", "0") as running:
        yield running


def settings_of(running: TerminalRun, name: str) -> str:
    """What stty says in its shell."""
    file = running.home / name
    running.type(f"stty -a > {file}.new && mv {file}.new {file}")
    wait_for(file.exists, "stty")
    return file.read_text()


def nothing_is_left(running: TerminalRun) -> None:
    wait_for(lambda: not running.runtime.exists() or not [*running.runtime.iterdir()], "the runtime folder to be empty")
    assert running.process
    shell = psutil.Process(running.process.pid).children()
    assert [child.name() for one in shell for child in one.children()] == []


def test_alone_in_a_dark_room(terminal: TerminalRun) -> None:
    running = terminal
    running.playing()
    screen = running.until_shown("Gesture Synth", "confidence", "pitch", "q quit")
    assert len(screen.splitlines()) <= ROWS
    assert max(map(len, screen.splitlines())) <= COLUMNS

    running.press("?")
    screen = running.until_shown("Choose a snapshot", "Esc", "randomise", "q      quit", "Gesture Synth")
    running.press("?")
    running.until_shown("1…9 select")

    running.press("9")
    running.until_shown("There is no snapshot 9; this preset has 1, 2, 3.")
    running.press("2", "3")  # as fast as can be: both count
    screen = running.until_shown("snapshot 3  is heard", "(select 3, keyboard)")
    running.press("1", "Space")
    screen = running.until_shown("snapshot 1 is recorded in")
    assert screen.count("A take for snapshot 1") == 1, "everything is said once"
    running.press("q")
    running.until_shown("End in the middle of a take?")
    running.press("Escape")
    running.until_shown("All is as it was.", "snapshot 1 is recorded in")
    running.press("Escape")
    running.until_shown("Called off: no take was recorded.")
    running.press("q")
    running.until_shell()
    assert settings_of(running, "after") == settings_of(running, "twice"), "stty has nothing to tell"
    assert " echo " in settings_of(running, "echo")
    nothing_is_left(running)


def test_ctrl_c_ends_it_and_leaves_the_terminal_as_it_was(terminal: TerminalRun) -> None:
    running = terminal
    running.playing()
    running.press("Space")
    running.until_shown("A take of what?")
    running.press("C-c")
    running.until_shell()
    running.type("echo code $?")
    running.until_shown("code 0")
    assert " echo " in settings_of(running, "after")
    nothing_is_left(running)
