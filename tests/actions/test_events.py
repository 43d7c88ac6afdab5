"""What has happened from one state of a piece to the next."""

from __future__ import annotations

from gesturesynth.actions.events import COMES_S, GOES_S, Occurrence, Occurrences, PeopleCount
from gesturesynth.runtime.action_message import ActionEvent, EventKind
from tests.support.piece_states import VOICE, state, voice


def happened(kind: EventKind, name: str = "", number: int = 0) -> Occurrence:
    return Occurrence(ActionEvent(kind, name), number)


def test_counts_that_are_there_already_are_the_zero_mark() -> None:
    occurrences = Occurrences()
    assert (
        occurrences.step(state(0.0, voice(entered={"up": 7}, performed={"throw": 2}, struck={"drums.kick": 5}))) == []
    )


def test_each_kind_of_count_that_grows_has_happened_once() -> None:
    occurrences = Occurrences()
    occurrences.step(state())
    grown = voice(entered={"up": 3, "none": 0}, performed={"throw": 1}, struck={"drums.kick": 1}, recognised="up")
    assert occurrences.step(state(0.1, grown)) == [
        happened("entered", "up"),
        happened("performed", "throw"),
        happened("struck", "drums.kick"),
    ]
    assert occurrences.step(state(0.2, grown)) == []
    assert occurrences.step(
        state(0.3, voice(entered={"up": 3, "none": 1}, performed={"throw": 1}, struck={"drums.kick": 1}))
    ) == [
        happened("left", "up"),
        happened("entered", "none"),
    ]


def test_it_is_known_in_which_voice_it_happened_and_a_new_voice_brings_nothing() -> None:
    occurrences = Occurrences()
    occurrences.step(state(0.0, VOICE))
    assert occurrences.step(state(0.1, VOICE, voice(entered={"up": 9}))) == []
    assert occurrences.step(state(0.2, VOICE, voice(entered={"up": 10}))) == [happened("entered", "up", 1)]


def test_a_scene_begins_and_another_preset_or_conductor_is_no_event() -> None:
    occurrences = Occurrences()
    occurrences.step(state())
    assert occurrences.step(state(0.1, scene="night")) == [happened("scene"), happened("scene", "night")]
    assert occurrences.step(state(0.2, voice(entered={"up": 4}), scene="day", changes=2)) == []
    assert occurrences.step(state(0.3, voice(entered={"up": 5}), scene="night", pid=101)) == []


def test_a_person_comes_and_goes_and_a_moment_out_of_view_does_not_count() -> None:
    count = PeopleCount()
    seen = [(0.0, 0), (0.1, 1), (0.15, 0), (1.0, 1), (1.01 + COMES_S, 1), (2.0, 0), (2.0 + GOES_S / 2, 1), (4.0, 0)]
    assert [count.step(people, at_s) for at_s, people in seen] == [0, 0, 0, 0, 1, 0, 0, 0]
    assert count.step(0, 4.01 + GOES_S) == -1


def test_persons_are_events_of_the_piece() -> None:
    occurrences = Occurrences()
    occurrences.step(state(people=0))
    occurrences.step(state(1.0, people=2))
    assert occurrences.step(state(1.01 + COMES_S, people=2)) == [happened("comes")]
    occurrences.step(state(3.0, people=1))
    assert occurrences.step(state(3.01 + GOES_S, people=1)) == [happened("goes")]
