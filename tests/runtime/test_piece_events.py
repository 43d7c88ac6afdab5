"""What has happened from one state of a piece to the next, as all processes that drive other devices find it."""

from __future__ import annotations

from gesturesynth.runtime.piece_events import EventWatch, VoiceEvents
from tests.support.piece_states import VOICE, state, voice

NOTHING = VoiceEvents()


def test_counts_that_are_there_already_are_the_zero_mark() -> None:
    watch = EventWatch()
    assert watch.step(state(0.0, voice(entered={"up": 7}, performed={"throw": 2}, struck={"drums.kick": 5}))) == [
        NOTHING
    ]


def test_what_has_grown_by_several_has_happened_once() -> None:
    watch = EventWatch()
    watch.step(state())
    grown = voice(entered={"up": 3, "none": 0}, performed={"throw": 2}, struck={"drums.kick": 9}, recognised="up")
    [found] = watch.step(state(0.1, grown))
    assert found == VoiceEvents("", ("up",), ("throw",), ("drums.kick",))
    assert found.names == {"up", "throw", "drums.kick"}
    assert watch.step(state(0.2, grown)) == [NOTHING]
    assert watch.step(state(0.3)) == [VoiceEvents(left="up")]


def test_a_class_that_was_not_counted_before_has_happened() -> None:
    watch = EventWatch()
    watch.step(state(0.0, voice(entered={})))
    assert watch.step(state(0.1, voice(entered={"up": 1}))) == [VoiceEvents(entered=("up",))]


def test_another_preset_conductor_or_voice_brings_nothing() -> None:
    watch = EventWatch()
    watch.step(state(0.0, VOICE))
    assert watch.step(state(0.1, VOICE, voice(entered={"up": 9}))) == [NOTHING, NOTHING]
    assert watch.step(state(0.2, VOICE, voice(entered={"up": 10}))) == [NOTHING, VoiceEvents(entered=("up",))]
    assert watch.step(state(0.3, voice(entered={"up": 20}), changes=2)) == [NOTHING]
    assert watch.step(state(0.4, voice(entered={"up": 30}), changes=2, pid=101)) == [NOTHING]
