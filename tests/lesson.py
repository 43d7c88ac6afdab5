"""A lesson: three sounds are taught for three poses, in one of three ways.

A stick figure takes the poses in turn, for ever. The ways are a hand at the terminal's keyboard,
OSC, and the command line; all of them do the same.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pythonosc.udp_client import SimpleUDPClient

from gesturesynth.bus import Body, ConductorStatus, Pose, SessionState, Sound
from gesturesynth.preset import find, load
from gesturesynth.tracking.recordings import SkeletonWriter
from tests import mannequin
from tests.tmux import TerminalRun

HELD_S, MOVE_S, FRAME_HZ = 2.0, 0.5, 30
LOOP_S = 3 * (HELD_S + MOVE_S)
POSES = {"low": (-0.7, -0.7), "level": (0.1, -0.7), "high": (0.8, 0.5)}
"""Heights of the right and of the left wrist above the shoulders, in torso lengths."""
SETTINGS = "teaching: {countdown: 0.1 s, take: 0.6 s, tick: 0.1 s}\n"
SNAPSHOTS = load(find("theremin")).snapshots
Taught = dict[str, int]
"""Which snapshot belongs to which pose."""


# -------------------------------------------------------------------------------------------------------- the performer
def figure(right: float, left: float) -> NDArray[np.float32]:
    return mannequin.pose(right_wrist=(0.5, right), left_wrist=(-0.5, left))


NOSE_TO_WRISTS = {name: figure(*heights)[[16, 15], 1] for name, heights in POSES.items()}


def pose_of(pose: Pose) -> str:
    """Which of `POSES` it is; empty on the way between two."""
    wrists = pose.bodies[0].image_array()[[16, 15], 1]
    return next((name for name, there in NOSE_TO_WRISTS.items() if np.abs(wrists - there).max() < 1e-4), "")


def write_performer(path: Path) -> Path:
    """Takes the three poses in turn, each for a while."""
    names = [*POSES, next(iter(POSES))]
    heights: list[tuple[float, float]] = []
    for here, there in pairwise(names):
        a, b = np.array(POSES[here]), np.array(POSES[there])
        heights += [POSES[here]] * round(HELD_S * FRAME_HZ)
        way = np.arange(1, round(MOVE_S * FRAME_HZ)) / round(MOVE_S * FRAME_HZ)
        heights += [tuple(a + (b - a) * (0.5 - 0.5 * np.cos(np.pi * part))) for part in way]
    with SkeletonWriter(path, "a test") as writer:
        for number, (right, left) in enumerate(heights):
            body = Body.from_arrays(figure(right, left), np.zeros((33, 3), np.float32))
            writer.write(Pose(number / FRAME_HZ, number, 640, 480, (body,)))
    return path


# ----------------------------------------------------------------------------------------------------------- the ways
class Stage:
    """Gesture Synth in its terminal, and the performer in front of it."""

    def __init__(self, running: TerminalRun, osc_port: int) -> None:
        self.running = running
        self.osc_port = osc_port
        self.poses = running.listen(Pose)
        self.sounds = running.listen(Sound)
        self.statuses = running.listen(ConductorStatus)

    def session(self, condition: Callable[[SessionState], bool], what: str) -> SessionState:
        return self.running.until(ConductorStatus, lambda status: condition(status.session), what).session

    def wait_for_pose(self, name: str) -> None:
        """Until it is newly taken."""
        self.running.until(Pose, lambda pose: pose_of(pose) != name, f"another pose than '{name}'")
        self.running.until(Pose, lambda pose: pose_of(pose) == name, f"the pose '{name}'")

    def taken(self) -> set[str]:
        """The poses that are in the newest take."""
        statuses: list[ConductorStatus] = self.statuses.fetch()
        over = max(at for at, status in enumerate(statuses) if status.session.phase == "recording") + 1
        begin = max((at for at, status in enumerate(statuses[:over]) if status.session.phase != "recording"), default=0)
        begin_s, end_s = statuses[begin].time_s, statuses[over].time_s
        return {pose_of(pose) for pose in self.poses.fetch() if begin_s + 0.1 < pose.capture_time_s < end_s - 0.1}

    def wait_for_take(self, name: str, number: int, way: Keys | Osc | Shell) -> None:
        """Chooses a snapshot, hears it, takes the pose and records it."""
        heard = pytest.approx(SNAPSHOTS[number]["pitch"])
        for _ in range(5):
            way.select(number)
            self.running.until(Sound, lambda sound: sound.values[0] == heard, "the chosen sound")
            self.wait_for_pose(name)
            way.record()
            self.session(lambda state: state.takes.get(str(number)) == 1, "the take")
            if self.taken() == {name}:
                return
            # On a busy machine a take may come late, into another pose: as anybody would, delete it and try again.
            way.delete_last()
            self.session(lambda state: not state.takes.get(str(number)), "the take to be gone")
        raise AssertionError(f"no take of '{name}' came in time")

    def teach(self, taught: Taught, way: Keys | Osc | Shell) -> tuple[float, float]:
        """The minute. Returns when it played: begin and end, monotonic seconds."""
        way.clear()
        self.session(lambda state: not any(state.takes.values()), "no takes")
        now = next(name for pose in reversed(self.poses.fetch()) if (name := pose_of(pose)))
        for turn in range(1, len(POSES) + 1):
            name = [*POSES][([*POSES].index(now) + turn * way.poses_apart) % len(POSES)]
            self.wait_for_take(name, taught[name], way)
        way.train()
        self.session(lambda state: not state.training and not state.held and "Trained" in state.message, "the model")
        begin_s = time.monotonic() + 1.0  # the crossfade, and the last cue
        self.running.until(Pose, lambda pose: pose.capture_time_s > begin_s + LOOP_S, "once through all poses")
        return begin_s, begin_s + LOOP_S


class Keys:
    """A hand at the terminal."""

    poses_apart = 1

    def __init__(self, stage: Stage) -> None:
        self._press = stage.running.press

    def clear(self) -> None:
        """There is nothing to clear yet."""

    def select(self, number: int) -> None:
        self._press(str(number))

    def record(self) -> None:
        self._press("Space")

    def delete_last(self) -> None:
        self._press("x")

    def train(self) -> None:
        self._press("t")


class Osc:
    """`oscsend`, and python-osc's client, which also hears the answers."""

    poses_apart = 1

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._port = str(stage.osc_port)

    def _oscsend(self, *words: str) -> None:
        tool = shutil.which("oscsend")
        assert tool, "oscsend is missing: apt install liblo-tools"
        subprocess.run([tool, "127.0.0.1", self._port, *words], check=True, timeout=10)

    def ask(self, command: str, *values: object) -> list[object]:
        """Sends it with python-osc's client; the address of the answer, and its values."""
        with SimpleUDPClient("127.0.0.1", int(self._port)) as client:
            client.send_message(f"/gesturesynth/{command}", [*values])
            answer = next(iter(client.get_messages(timeout=10)))
            return [answer.address, *answer]

    def clear(self) -> None:
        assert "Delete all 3 takes?" in str(self.ask("clear"))
        read_s = time.monotonic() + 0.4  # a yes that came sooner would be a doubled packet
        self._stage.running.until(Pose, lambda pose: pose.capture_time_s > read_s, "the question to be read")
        done = self.ask("clear")
        assert done[0] == "/gesturesynth/ack", done

    def select(self, number: int) -> None:
        assert self.ask("select", number)[:2] == ["/gesturesynth/ack", "/gesturesynth/select"]

    def record(self) -> None:
        self._oscsend("/gesturesynth/record")

    def delete_last(self) -> None:
        self._oscsend("/gesturesynth/delete-last")

    def train(self) -> None:
        self._oscsend("/gesturesynth/train")


ENTERED_LATER = """
import sys
from gesturesynth import cli
print("typed", flush=True)
input()
cli.main(sys.argv[1:])
"""


def _ended(process: subprocess.Popen[str], code: int, entered: str = "") -> str:
    with process:
        try:
            out, err = process.communicate(entered, timeout=60)
        finally:
            process.kill()
    assert process.returncode == code, (process.args, out, err)
    return err if code else out


class Shell:
    """`gesturesynth VERB` in another shell."""

    poses_apart = 2  # until a verb has started, the next pose has begun

    def __init__(self, stage: Stage) -> None:
        self._environment = stage.running.environment
        self._typed: subprocess.Popen[str] | None = None

    def _start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *command],
            env=self._environment,
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def verb(self, *words: str, code: int = 0) -> str:
        """Its standard output, or what it complains of."""
        return _ended(self._start("-m", "gesturesynth", *words), code)

    def clear(self) -> None:
        assert "Delete all 3 takes?" in self.verb("clear", code=1)
        self.verb("clear", "--yes")

    def select(self, number: int) -> None:
        assert f"Snapshot {number}" in self.verb("select", str(number))
        # Typed now, and entered when the pose is there: on a busy machine Python takes seconds to start.
        self._typed = self._start("-c", ENTERED_LATER, "record", "--wait")
        assert self._typed.stdout
        assert self._typed.stdout.readline() == "typed\n"

    def record(self) -> None:
        assert self._typed
        assert "is saved" in _ended(self._typed, 0, "\n")

    def delete_last(self) -> None:
        self.verb("delete-last")

    def train(self) -> None:
        facts = json.loads(self.verb("train", "--wait", "--json"))
        assert facts["ok"] is True
        assert facts["state"]["session"]["training"] is False
        assert "Trained" in facts["words"]
