"""What `systemctl status` shows of each process."""

from __future__ import annotations

from msgspec.structs import replace

from gesturesynth.runtime.readings import PersonReading
from gesturesynth.runtime.session_state import SessionState
from gesturesynth.runtime.status_line import conductor_line, engine_line, tracker_line
from gesturesynth.runtime.view_reading import ViewReading
from tests.support.statuses import conductor_status, engine_status, tracker_status


def test_the_line_of_the_tracker() -> None:
    assert tracker_line(tracker_status()) == "live, 30 fps, no person: demo performer"
    assert tracker_line(tracker_status(network_advice="Do this.")).endswith("; CAN REACH THE NETWORK")
    assert tracker_line(tracker_status(people=1, fps=29.6)) == "live, 30 fps, 1 person: demo performer"
    assert tracker_line(tracker_status(detail="there is no camera")).endswith("demo performer (there is no camera)")
    assert tracker_line(tracker_status(view=ViewReading("dark", "It is dark."))).endswith("demo performer [dark]")
    waiting = tracker_status(state="waiting", detail="USB Camera: no frame for 2.0 s")
    assert tracker_line(waiting) == "waiting: USB Camera: no frame for 2.0 s"


def test_the_line_of_the_conductor() -> None:
    status = conductor_status(preset="Air theremin", model="linear rbf, 18 examples", present=True)
    assert conductor_line(status) == "Air theremin: playing, person in view, linear rbf, 18 examples"
    two = conductor_status(people=(PersonReading(1, ("first",), True), PersonReading(2, ("second",), False)))
    assert "2 people in view" in conductor_line(two)
    assert "numbers come" in conductor_line(replace(status, by_inputs_alone=True))
    assert "no numbers come" in conductor_line(replace(status, by_inputs_alone=True, present=False))
    silent = replace(status, present=False, session=SessionState(phase="recording", training=True, muted=True))
    assert conductor_line(silent).startswith("Air theremin: recording, training, muted, no person in view")
    closed = replace(status, hours="closed until Tue 10:00", closed=True)
    assert "playing, closed until Tue 10:00, " in conductor_line(closed)
    assert "panic" in conductor_line(replace(status, session=SessionState(muted=True, panic=True)))
    assert conductor_line(replace(status, preset_error="a.yaml:3:1: wrong\nand more")).endswith("; a.yaml:3:1: wrong")


def test_the_line_of_the_engine() -> None:
    assert engine_line(engine_status(backend="jack", level_db=-18.2)) == "jack, -18 dBFS, 0 xruns"
    assert engine_line(engine_status(backend="null", level_db=-200.0, xruns=-1)) == "null, silent"
    assert engine_line(engine_status(xruns=1, detail="no device")) == "jack, -21 dBFS, 1 xrun; no device"
