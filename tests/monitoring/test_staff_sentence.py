"""The sentence for staff: it agrees with the assessment, and says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from gesturesynth.monitoring import staff_sentence as staff
from gesturesynth.monitoring.health import assess
from gesturesynth.monitoring.staff_sentence import StaffPart, StaffSentence, staff_sentence
from gesturesynth.runtime.session_state import SessionState
from gesturesynth.runtime.tracker_readings import TrackerReading
from gesturesynth.runtime.view_reading import VIEW_SENTENCES, ViewReading
from tests.support.statuses import NOW_S, conductor_status, engine_status, tracker_status


def sentence(
    tracker: dict[str, Any] | None = None,
    conductor: dict[str, Any] | None = None,
    engine: dict[str, Any] | None = None,
) -> StaffSentence:
    three = (tracker_status(**tracker or {}), conductor_status(**conductor or {}), engine_status(**engine or {}))
    return staff_sentence(assess(*three, NOW_S), *three, NOW_S)


def test_all_is_well_says_what_plays() -> None:
    found = sentence()
    assert (found.well, found.text) == (True, "All is well. 'Air theremin' plays. A person is seen.")
    assert found.parts == (StaffPart("plays", {"preset": "Air theremin"}), StaffPart("seen"))
    assert sentence(conductor={"present": False}).text.endswith("No person is in view.")


def test_a_piece_of_inputs_alone_is_told_of_without_a_person() -> None:
    alone = {"by_inputs_alone": True}
    found = sentence({"view": ViewReading("dark", VIEW_SENTENCES["dark"], {"dark": 1})}, alone)
    assert found.text == "All is well. 'Air theremin' plays. The numbers that move it come."
    found = sentence(conductor={**alone, "present": False})
    assert found.well
    assert "do not come" in found.text
    assert "person" not in found.text.lower()


def test_a_person_who_is_not_seen_well_is_told_of_in_the_same_breath() -> None:
    found = sentence({"view": ViewReading("dark", VIEW_SENTENCES["dark"], {"dark": 1})}, {"present": False})
    assert found.well
    assert found.text.endswith(f"No person is in view. {VIEW_SENTENCES['dark']}")


def test_closed_is_well() -> None:
    found = sentence(conductor={"closed": True, "hours": "closed until Tue 10:00"})
    assert found.well
    assert "closed until Tue 10:00" in found.text


@pytest.mark.parametrize(
    ("tracker", "conductor", "engine", "text"),
    [
        ({"state": "waiting", "detail": "unplugged"}, {}, {}, staff.CAMERA),
        ({"frame_age_s": 9.0}, {}, {}, staff.CAMERA),
        ({"time_s": 1.0}, {}, {}, staff.STARTS_BY_ITSELF),
        ({}, {"time_s": 1.0}, {}, staff.STARTS_BY_ITSELF),
        ({}, {}, {"time_s": 1.0}, staff.STARTS_BY_ITSELF),
        ({}, {}, {"unheard": "no sound card"}, staff.LOUDSPEAKER),
        ({}, {"preset_error": "mine.yaml:3:1: wrong"}, {}, staff.FILE),
        ({}, {"settings_error": "gesturesynth.yaml:3:1: wrong"}, {}, staff.FILE),
        ({}, {"trackers": (TrackerReading("hall", "hall", "silent"),)}, {}, staff.REMOTE),
        ({}, {"model_error": "no examples"}, {}, staff.EXAMPLES),
        ({}, {"session": SessionState(panic=True)}, {}, staff.PANIC),
        ({}, {"session": SessionState(muted=True)}, {}, staff.MUTED),
    ],
)
def test_each_trouble_has_its_advice(
    tracker: dict[str, Any], conductor: dict[str, Any], engine: dict[str, Any], text: str
) -> None:
    found = sentence(tracker, conductor, engine)
    assert not found.well
    assert found.text == text
    assert found.reasons
    assert "yaml" not in found.text


def test_nothing_that_runs_is_said_without_any_status() -> None:
    found = staff_sentence(assess(None, None, None, NOW_S), None, None, None, NOW_S)
    assert found.text == staff.STARTS_BY_ITSELF
