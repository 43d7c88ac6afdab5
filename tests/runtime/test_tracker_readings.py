"""What is said of a tracker in one line."""

from __future__ import annotations

from gesturesynth.runtime.tracker_readings import TrackerReading


def test_what_is_not_used_is_said_by_its_reason_in_every_state() -> None:
    live = TrackerReading("hall", "hall", "live", used=True, rate_hz=29.8, age_ms=42.0, dropped={"stale": 2})
    assert live.text == "live, used, 29.8 poses a second, newest 42 ms old, messages not used: stale 2"
    other = TrackerReading("hall", "hall", "connecting", dropped={"version": 240, "malformed": 1})
    assert other.text == "connecting, messages not used: malformed 1, version 240"
    assert TrackerReading("hall", "hall", "refused").text == "refused"
