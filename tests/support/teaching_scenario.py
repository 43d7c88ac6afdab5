"""A scenario of teaching: three sounds are taught for three poses, with one of three controls.

A dancer takes the poses in turn, without end. The controls are the keyboard of the terminal, OSC, and the command line;
all of them do the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pythonosc.udp_client import SimpleUDPClient

from gesturesynth.config.preset.loader import find, load
from gesturesynth.runtime.messages import ConductorStatus, Pose, Sound
from gesturesynth.runtime.session_state import SessionState
from tests.support.osc_tools import OscDump, oscsend
from tests.support.posed_video import LOOP_S, POSES, pose_of
from tests.support.terminal import TerminalRun
from tests.support.waiting import wait_for

SETTINGS = "teaching: {countdown: 0.1 s, take: 0.6 s, tick: 0.1 s}\n"
SNAPSHOTS = load(find("theremin")).snapshots
SnapshotOfPose = dict[str, int]
"""The number of the snapshot for each pose."""
TRIES = 6


class TeachingScenario:
    """Gesture Synth in its terminal, and a video with the poses."""

    def __init__(self, running: TerminalRun, osc_port: int) -> None:
        self.running = running
        self.osc_port = osc_port
        self.poses = running.listen(Pose)
        self.sounds = running.listen(Sound)
        self.statuses = running.listen(ConductorStatus)

    def session(self, condition: Callable[[SessionState], bool], what: str) -> SessionState:
        return self.running.until(ConductorStatus, lambda status: condition(status.session), what).session

    def wait_for_pose(self, name: str) -> None:
        """Waits until the pose begins."""
        self.running.until(Pose, lambda pose: pose_of(pose) != name, f"another pose than '{name}'")
        self.running.until(Pose, lambda pose: pose_of(pose) == name, f"the pose '{name}'")

    def next_pose(self, among: list[str]) -> str:
        """One of these poses that comes soon."""
        now = next((name for pose in reversed(self.poses.fetch()) if (name := pose_of(pose))), "")
        return next((name for name in sorted(among, key=lambda name: name != "high") if name != now), among[0])

    def poses_in_take(self) -> set[str]:
        """The poses in the newest take; the movement between two has an empty name."""
        statuses: list[ConductorStatus] = self.statuses.fetch()
        over = max(at for at, status in enumerate(statuses) if status.session.phase == "recording") + 1
        begin = max((at for at, status in enumerate(statuses[:over]) if status.session.phase != "recording"), default=0)
        begin_s, end_s = statuses[begin].time_s, statuses[over].time_s
        return {pose_of(pose) for pose in self.poses.fetch() if begin_s + 0.1 < pose.capture_time_s < end_s - 0.1}

    def teach_one(self, name: str, number: int, control: Control) -> None:
        """Selects a snapshot, waits for its sound and for the pose, and records a take."""
        heard = pytest.approx(SNAPSHOTS[number]["pitch"])
        for _ in range(TRIES):
            control.select(number)
            self.running.until(Sound, lambda sound: sound.values[0] == heard, "the chosen sound")
            self.wait_for_pose(name)
            control.record()
            self.session(lambda state: state.takes.get(str(number)) == 1, "the take")
            if self.poses_in_take() == {name}:
                return
            # On a busy machine a take may come late, into another pose: delete it and try again.
            control.delete_last()
            self.session(lambda state: not state.takes.get(str(number)), "the take to be gone")
        raise AssertionError(f"no take of '{name}' came in time, {TRIES} times")

    def teach(self, snapshots: SnapshotOfPose, control: Control) -> tuple[float, float]:
        """Teaches all poses and trains. Returns begin and end of one loop that it played then, monotonic seconds."""
        control.clear()
        self.session(lambda state: not any(state.takes.values()), "no takes")
        missing = [*POSES]
        while missing:
            name = self.next_pose(missing)
            self.teach_one(name, snapshots[name], control)
            missing.remove(name)
        control.train()
        self.session(lambda state: not state.training and not state.held and "Trained" in state.message, "the model")
        begin_s = time.monotonic() + 1.5  # the crossfade, and the last cue
        end_s = begin_s + LOOP_S
        self.running.until(Pose, lambda pose: pose.capture_time_s > end_s, "once through all poses")
        return begin_s, end_s


class KeyControl:
    """Keys in the terminal."""

    def __init__(self, scenario: TeachingScenario) -> None:
        self._press = scenario.running.press

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

    def close(self) -> None:
        """Does nothing: there is nothing to close."""


class OscControl:
    """Commands by `oscsend`; their results by `oscdump`. Answers by the client of python-osc."""

    RATE_HZ: ClassVar[int] = 20

    def __init__(self, scenario: TeachingScenario) -> None:
        self._scenario = scenario
        self._dump = OscDump().__enter__()

        self._subscribed_s = 0.0

    def _do(self, command: str, *values: object) -> None:
        """Sends a command; only messages after it count."""
        self._dump.forget()
        oscsend(self._scenario.osc_port, f"/gesturesynth/{command}", *(["i"] if values else []), *map(str, values))

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits for the condition, and renews the subscription meanwhile."""

        def shown() -> bool:
            # A subscription lasts ten seconds.
            if time.monotonic() > self._subscribed_s + 3.0:
                self._subscribed_s = time.monotonic()
                oscsend(
                    self._scenario.osc_port, "/gesturesynth/subscribe", "ii", str(self._dump.port), str(self.RATE_HZ)
                )
            return condition()

        wait_for(shown, f"oscdump to show {what}")

    def _wait_for_state(self, condition: Callable[[dict[str, Any]], bool], what: str) -> None:
        self._until(lambda: any(condition(state["session"]) for state in self._dump.states()), what)

    def ask(self, command: str) -> list[object]:
        """Sends it with python-osc's client; the address of the answer, and its values."""
        with SimpleUDPClient("127.0.0.1", self._scenario.osc_port) as client:
            client.send_message(f"/gesturesynth/{command}", [])
            answer = next(iter(client.get_messages(timeout=10)))
            return [answer.address, *answer]

    def clear(self) -> None:
        assert "Delete all 3 takes?" in str(self.ask("clear"))
        read_s = time.monotonic() + 0.4  # a yes that came sooner would be a doubled packet
        self._scenario.running.until(Pose, lambda pose: pose.capture_time_s > read_s, "the question to be read")
        done = self.ask("clear")
        assert done[:2] == ["/gesturesynth/ack", "/gesturesynth/clear"], done

    def select(self, number: int) -> None:
        self._do("select", number)
        self._wait_for_state(lambda session: session["held"] == str(number), "the chosen snapshot")
        heard = f"/gesturesynth/output/pitch f {SNAPSHOTS[number]['pitch']:.6f}"
        self._until(lambda: self._dump.shows(heard), heard)

    def record(self) -> None:
        self._do("record")
        self._wait_for_state(lambda session: session["phase"] == "recording", "the take")
        self._wait_for_state(lambda session: "is saved" in session["message"], "that it is saved")

    def delete_last(self) -> None:
        self._do("delete-last")

    def train(self) -> None:
        self._do("train")
        self._wait_for_state(lambda session: "Trained" in session["message"], "the training")

    def close(self) -> None:
        self._dump.__exit__()


ENTERED_LATER = """
import sys
from gesturesynth.cli import app as cli
print("typed", flush=True)
input()
cli.main(sys.argv[1:])
"""


class ShellControl:
    """`gesturesynth VERB` in another shell."""

    def __init__(self, scenario: TeachingScenario) -> None:
        self._environment = scenario.running.environment
        self._typed: subprocess.Popen[str] | None = None

    def _start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *command],
            env=self._environment,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def verb(self, *text: str, code: int = 0) -> str:
        """Its standard output, or its standard error when it fails."""
        return _ended(self._start("-m", "gesturesynth", *text), code)

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
        typed, self._typed = self._typed, None
        assert "is saved" in _ended(typed, 0, "\n")

    def delete_last(self) -> None:
        self.verb("delete-last")

    def train(self) -> None:
        facts = json.loads(self.verb("train", "--wait", "--json"))
        assert facts["ok"] is True
        assert facts["state"]["session"]["training"] is False
        assert "Trained" in facts["words"]

    def close(self) -> None:
        """Ends a command that was typed and not entered."""
        if self._typed:
            self._typed.kill()
            self._typed.communicate()


def _ended(process: subprocess.Popen[str], code: int, entered: str = "") -> str:
    with process:
        try:
            out, err = process.communicate(entered, timeout=60)
        finally:
            process.kill()
    assert process.returncode == code, (process.args, out, err)
    return err if code else out


Control = KeyControl | OscControl | ShellControl
