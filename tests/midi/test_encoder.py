"""MIDI messages to the octet: those of the specification, and the same values back through another reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.midi import encoder
from gesturesynth.midi.decoder import MidiEvent, decode
from tests.support.midi_reader import Receiver

channels, sevens, fourteens = st.integers(1, 16), st.integers(0, 127), st.integers(0, 16383)


@pytest.mark.parametrize(
    ("message", "octets"),
    [
        (encoder.note_on(1, 60, 100), "90 3c 64"),
        (encoder.note_off(16, 0), "8f 00 40"),
        (encoder.control_change(2, 74, 127), "b1 4a 7f"),
        (encoder.fine_control(1, 1, 0x1234 & 0x3FFF), "b0 01 24 b0 21 34"),
        (encoder.fine_control(1, 1, 128 * 5 + 3, upper=5), "b0 21 03"),
        (encoder.program_change(10, 4), "c9 04"),
        (encoder.channel_pressure(3, 1), "d2 01"),
        (encoder.pitch_bend(1, encoder.BEND_CENTRE), "e0 00 40"),
        (encoder.pitch_bend(1, 16383), "e0 7f 7f"),
        (encoder.bend_range(1, 2), "b0 65 00 b0 64 00 b0 06 02 b0 26 00"),
        (encoder.bend_range(2, 0.5), "b1 65 00 b1 64 00 b1 06 00 b1 26 32"),
        (encoder.bend_range(1, 1.999), "b0 65 00 b0 64 00 b0 06 02 b0 26 00"),
        (encoder.mpe_zone(15), "b0 65 00 b0 64 06 b0 06 0f"),
        (encoder.silence(1), "b0 40 00 b0 7b 00 b0 78 00"),
        (encoder.CLOCK + encoder.START + encoder.STOP, "f8 fa fc"),
    ],
)
def test_a_message_is_what_the_specification_says(message: bytes, octets: str) -> None:
    assert message.hex(" ") == octets


@given(channels, sevens, st.integers(1, 127), fourteens)
def test_another_reader_reads_what_was_meant(channel: int, number: int, value: int, fine: int) -> None:
    receiver = Receiver()
    receiver.feed(
        encoder.note_on(channel, number, value)
        + encoder.pitch_bend(channel, fine)
        + encoder.channel_pressure(channel, value)
        + encoder.program_change(channel, number)
        + encoder.fine_control(channel, number % 32, fine)
    )
    assert receiver.notes() == {(channel, number)}
    assert (receiver.bends[channel], receiver.pressures[channel], receiver.programs[channel]) == (fine, value, number)
    upper, lower = receiver.controls[channel, number % 32], receiver.controls[channel, number % 32 + 32]
    assert upper * 128 + lower == fine
    receiver.feed(encoder.note_off(channel, number))
    assert receiver.notes() == set()


@given(st.lists(st.tuples(channels, sevens, st.integers(1, 127)), max_size=9))
def test_what_is_split_is_each_message_and_is_read_back(notes: list[tuple[int, int, int]]) -> None:
    messages = [encoder.note_on(*note) for note in notes] + [encoder.CLOCK, encoder.program_change(1, 5)]
    assert encoder.split(b"".join(messages)) == messages
    assert [decode(one) for one in messages[: len(notes)]] == [
        MidiEvent("note", channel, number, velocity) for channel, number, velocity in notes
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: encoder.note_on(0, 60, 1),
        lambda: encoder.note_on(17, 60, 1),
        lambda: encoder.note_on(1, 128, 1),
        lambda: encoder.note_on(1, 60, 0),
        lambda: encoder.control_change(1, 1, -1),
        lambda: encoder.fine_control(1, 32, 0),
        lambda: encoder.pitch_bend(1, 16384),
        lambda: encoder.bend_range(1, 97),
        lambda: encoder.mpe_zone(16),
    ],
)
def test_what_would_be_another_message_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"outside|note off"):
        wrong()  # type: ignore[operator]


@given(st.lists(st.integers(0, 255), max_size=6))
def test_no_octets_are_misread(octets: list[int]) -> None:
    event = decode(octets)
    if event is not None:
        assert 1 <= event.channel <= 16
        assert 0 <= event.number <= 127
        assert 0 <= event.value <= (16383 if event.kind == "bend" else 127)
        assert octets[0] in range(0x80, 0xF0)


def test_a_note_on_without_velocity_ends_the_note() -> None:
    assert decode([0x93, 60, 0]) == decode([0x83, 60, 64]) == MidiEvent("note", 4, 60, 0)
    assert decode([0xA0, 60, 1]) is None
    assert decode([0xF8]) is None
