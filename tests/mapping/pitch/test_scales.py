"""Scales, tunings and the names of notes: tables that fit together, and numbers from elsewhere."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gesturesynth.mapping.pitch.notes import NAMES, note_hz, note_text, parse_note
from gesturesynth.mapping.pitch.scales import OCTAVE, SCALES, Scale
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.mapping.pitch.tunings import TUNINGS, Tuning, cents_of, retuned


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.name)
def test_scale_begins_at_its_root_and_rises_within_an_octave(scale: Scale) -> None:
    assert scale.cents[0] == 0.0
    assert all(low < high for low, high in zip(scale.cents, (*scale.cents[1:], scale.period), strict=True))
    assert scale.period == OCTAVE
    assert scale.about.endswith(".")
    assert scale.name == scale.name.lower()


@pytest.mark.parametrize("tuning", TUNINGS.values(), ids=lambda tuning: tuning.name)
def test_tuning_has_twelve_notes_near_the_equal_ones(tuning: Tuning) -> None:
    assert len(tuning.cents) == 12
    assert tuning.cents[0] == 0.0
    assert all(abs(cents - 100.0 * step) < 20.0 for step, cents in enumerate(tuning.cents))


def test_church_modes_are_rotations_of_the_major_scale() -> None:
    major = SCALES["major"].cents
    for degree, name in enumerate(("ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian")):
        turned = sorted((cents - major[degree]) % OCTAVE for cents in major)
        assert SCALES[name].cents == pytest.approx(turned), name


def test_numbers_that_textbooks_have() -> None:
    just, pythagorean = TUNINGS["just"].cents, TUNINGS["pythagorean"].cents
    assert just[4] == pytest.approx(386.314, abs=0.001)  # 5/4
    assert just[7] == pytest.approx(701.955, abs=0.001)  # 3/2
    assert pythagorean[4] == pytest.approx(407.820, abs=0.001)  # 81/64
    assert pythagorean[6] == pytest.approx(611.730, abs=0.001)  # 729/512
    assert SCALES["harmonics"].cents[2] == pytest.approx(386.314, abs=0.001)  # 10/8
    assert cents_of(Fraction(2)) == OCTAVE


def test_tuning_moves_whole_semitones_and_leaves_what_lies_between() -> None:
    rast = retuned(SCALES["maqam rast"], TUNINGS["just"])
    assert rast.cents[2] == 350.0
    assert rast.cents[4] == pytest.approx(701.955, abs=0.001)
    assert retuned(SCALES["slendro"], TUNINGS["just"]) == SCALES["slendro"]


@pytest.mark.parametrize(
    ("text", "semitone"),
    [("C", 0), ("c", 0), ("C#", 1), ("Db", 1), ("D♭", 1), ("F♯", 6), ("Cb", 11), ("B#", 0), (" A ", 9), ("bb", 10)],
)
def test_notes_are_read_as_people_write_them(text: str, semitone: int) -> None:
    assert parse_note(text) == semitone


@pytest.mark.parametrize("text", ["", "H", "A4", "AA", "C##", "minor", "١"])
def test_other_texts_are_no_notes(text: str) -> None:
    assert parse_note(text) is None


def test_every_note_that_is_shown_can_be_read() -> None:
    assert [parse_note(name) for name in NAMES] == list(range(12))


@pytest.mark.parametrize(
    ("hz", "text"), [(440.0, "A4"), (261.626, "C4"), (440.0 * 5 / 4, "C#5 -14"), (110.0, "A2"), (123.0, "B2 -7")]
)
def test_frequencies_are_shown_as_notes(hz: float, text: str) -> None:
    assert note_text(hz) == text


def test_reference_moves_every_note() -> None:
    assert note_hz(9, 442.0) == 442.0
    assert note_text(442.0, 442.0) == "A4"
    assert note_text(442.0) == "A4 +8"


def test_notes_within_a_range_have_both_its_ends() -> None:
    setting = ScaleSetting(SCALES["minor pentatonic"], root=9)
    notes = setting.notes(110.0, 1760.0, "Hz")
    assert notes[0] == 110.0
    assert notes[-1] == 1760.0
    assert len(notes) == 4 * 5 + 1
    assert note_text(notes[1]) == "C3"


def test_notes_of_a_ratio_count_from_one() -> None:
    setting = ScaleSetting(SCALES["fifths"], root=3, tuning=TUNINGS["just"])
    assert setting.notes(0.5, 2.0, "x") == pytest.approx((0.5, 0.75, 1.0, 1.5, 2.0))


def test_a_range_between_two_notes_has_none() -> None:
    assert ScaleSetting(SCALES["fifths"], root=0).notes(270.0, 380.0, "Hz") == ()
