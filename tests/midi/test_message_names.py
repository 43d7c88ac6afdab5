"""How people name notes and messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.midi.decoder import MidiEvent
from gesturesynth.midi.message_names import MessageName, MessageNameError, parse_message_name, parse_note


@pytest.mark.parametrize(
    ("text", "note"),
    [("C4", 60), ("c-1", 0), ("G9", 127), ("A4", 69), ("F#2", 42), ("Bb3", 58), ("60", 60), ("Cb4", 59), ("0", 0)],
)
def test_a_note_has_its_number(text: str, note: int) -> None:
    assert parse_note(text) == note


@pytest.mark.parametrize("text", ["H4", "C10", "G#9", "128", "-1", "C", "", "Cb-1", "4C"])
def test_what_is_no_note_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(MessageNameError, match="note"):
        parse_note(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("control 74", MessageName("control", 74)),
        ("note C4 on 10", MessageName("note", 60, 10)),
        (" Note  60 ", MessageName("note", 60)),
        ("program 128", MessageName("program", 127)),
        ("bend", MessageName("bend")),
        ("pitch on 2", MessageName("pitch", 0, 2)),
    ],
)
def test_a_message_is_read(text: str, name: MessageName) -> None:
    assert parse_message_name(text) == name
    assert parse_message_name(str(name)) == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("contrl 74", "is no MIDI message; allowed are"),
        ("control", "`control` needs a number"),
        ("bend 3", "`bend` has no number"),
        ("control 128", "is 0 to 127, not 128"),
        ("program 0", "is 1 to 128, not 0"),
        ("note C4 on 17", "there is no channel 17"),
        ("", "is no MIDI message"),
        ("note X2", "is no MIDI message"),
    ],
)
def test_what_names_no_message_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(MessageNameError, match=sentence):
        parse_message_name(text)


@given(st.sampled_from(["note", "control", "bend"]), st.integers(0, 127), st.integers(1, 16), st.integers(0, 16))
def test_a_name_means_its_messages_and_no_others(kind: str, number: int, channel: int, named: int) -> None:
    name = MessageName(kind, number if kind != "bend" else 0, named)  # type: ignore[arg-type]
    event = MidiEvent(kind, channel, number, 1)  # type: ignore[arg-type]
    assert name.matches(event) == (named in (0, channel))
    assert not name.matches(MidiEvent("pressure", channel, number, 1))
