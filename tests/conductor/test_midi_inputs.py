"""Inputs that are MIDI, over the real socket: in the poses of a camera, and alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
import zmq

from gesturesynth.conductor.feature_inputs import FeatureInputs
from gesturesynth.conductor.midi_inputs import FRESH_S, MidiInputs
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.midi_message import MidiReport
from gesturesynth.runtime.pubsub import Publisher
from tests.support.waiting import wait_for

KNOB: Final = InputSetup("knob", "", 1, midi="control 74")


class Wired:
    """The conductor's end, and a publisher in the place of the MIDI process."""

    def __init__(self) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.publisher = Publisher(self.context, MidiReport)
        self.midi = MidiInputs(self.context)
        self.inputs = FeatureInputs(None, self.midi)
        self.inputs.follow((KNOB,), 0.0)

    def send(self, report: MidiReport) -> None:
        """Sends until it has arrived."""

        def arrived() -> bool:
            self.publisher.send(report)
            return bool(self.midi.socket.poll(20))

        wait_for(arrived, "the report")

    def close(self) -> None:
        self.inputs.close()
        self.publisher.close()
        self.context.term()


@pytest.fixture
def wired() -> Iterator[Wired]:
    made = Wired()
    yield made
    made.close()


def pose(at_s: float) -> Pose:
    return Pose(at_s, 1, 640, 480, ())


def report(value: float | None, count: int, *, listening: bool = True, pid: int = 7) -> MidiReport:
    return MidiReport(0.0, pid, {} if value is None else {"control 74": value}, count, listening)


def test_the_newest_value_joins_each_pose_and_holds(wired: Wired) -> None:
    wired.send(report(0.25, 1))
    for at_s in (10.0, 10.5, 11.5):
        joined = wired.inputs.join(pose(at_s), at_s)
        assert joined
        assert joined.inputs == {"knob": (0.25,)}


def test_without_a_camera_a_new_value_is_a_pose_and_an_old_one_is_none(wired: Wired) -> None:
    wired.send(report(0.5, 1))
    alone = wired.inputs.join(None, 20.0)
    assert alone
    assert (alone.bodies, alone.inputs, alone.capture_time_s) == ((), {"knob": (0.5,)}, 20.0)
    wired.send(report(0.5, 1))  # twice a second it says that it runs
    assert wired.inputs.join(None, 20.5) is None
    wired.send(report(0.75, 2))
    assert wired.inputs.join(None, 20.6)
    assert wired.inputs.join(pose(20.55), 20.7) is None  # it was captured before


def test_with_a_camera_a_value_waits_for_its_next_frame(wired: Wired) -> None:
    wired.inputs.join(pose(30.0), 30.0)
    wired.send(report(0.5, 1))
    assert wired.inputs.join(None, 30.1) is None


@pytest.mark.parametrize("gone", [report(None, 0), report(0.5, 1, listening=False)])
def test_what_has_no_value_or_no_port_is_not_seen(wired: Wired, gone: MidiReport) -> None:
    wired.send(gone)
    joined = wired.inputs.join(pose(40.0), 40.0)
    assert joined
    assert joined.inputs == {}


def test_a_process_that_has_gone_is_not_seen(wired: Wired) -> None:
    wired.send(report(0.5, 1))
    assert wired.inputs.join(pose(50.0), 50.0)
    joined = wired.inputs.join(pose(50.1 + FRESH_S), 50.1 + FRESH_S)
    assert joined
    assert joined.inputs == {}


def test_a_preset_without_such_inputs_gets_poses_as_they_are(wired: Wired) -> None:
    wired.inputs.follow((), 0.0)
    wired.send(report(0.5, 1))
    first = pose(60.0)
    assert wired.inputs.join(first, 60.0) is first
    assert wired.inputs.join(None, 61.0) is None
