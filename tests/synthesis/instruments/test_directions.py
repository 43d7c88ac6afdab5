"""Each parameter of each instrument does what it says, measured; the table is `directions.py`."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.solo import RATE_HZ, TimedChange, play_solo
from tests.synthesis.instruments import hearing
from tests.synthesis.instruments.directions import DIRECTIONS, Direction

pytestmark = pytest.mark.slow("minutes of sound")

ALL = [(kind, direction) for kind, directions in DIRECTIONS.items() for direction in directions]


def test_every_parameter_has_a_direction() -> None:
    for kind, instrument in catalogue().items():
        named = [parameter.name for parameter in instrument.parameters if parameter.name != "level"]
        assert list(dict.fromkeys(direction.parameter for direction in DIRECTIONS[kind])) == named, kind


@pytest.mark.parametrize(
    ("kind", "direction"), ALL, ids=lambda one: one.parameter if isinstance(one, Direction) else one
)
def test_a_parameter_does_what_it_says(kind: str, direction: Direction) -> None:
    found = []
    for value in direction.values:
        fixed = {**direction.fixed, direction.parameter: value}
        samples = play_solo(catalogue()[kind], direction.seconds_s, *direction.happenings, **fixed)
        found.append(direction.measure(samples[round(direction.begin_s * RATE_HZ) :]))
    if direction.follows is not None:
        assert found == pytest.approx(list(direction.values), rel=direction.follows)
        return
    for before, after in itertools.pairwise(found):
        assert after >= before * direction.least if direction.least > 1 else after <= before * direction.least, found


def test_the_measures_hear_what_they_are_for() -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * 110.5 * n * time_s) / n for n in range(1, 9))
    both = np.stack([tone, tone], axis=1) * 0.1
    assert hearing.fundamental_hz(both) == pytest.approx(110.5, abs=0.05)
    assert hearing.fundamental_hz(both - both[:, :1] * 0.99 * np.sin(2 * np.pi * 110.5 * time_s)[:, None]) > 0
    beating = both * (1 + 0.5 * np.sin(2 * np.pi * 2 * time_s))[:, None]
    assert hearing.swing(beating) > 5 * hearing.swing(both)
    assert hearing.band_unrest_db(beating) > 5 * hearing.band_unrest_db(both)
    assert hearing.modulation_hz(beating) == pytest.approx(2.0, abs=0.1)
    assert hearing.strongest_modulation_hz(beating) == pytest.approx(2.0, rel=0.02)
    assert hearing.bandwidth(both) > 10 * hearing.bandwidth(np.sin(2 * np.pi * 110.5 * time_s)[:, None] * [1.0, 1.0])
    clicks = np.zeros((2 * RATE_HZ, 2))
    for start in range(0, 2 * RATE_HZ, RATE_HZ // 5):
        clicks[start : start + 4800] = np.exp(-np.arange(4800) / 800)[:, None]
    assert hearing.onsets(clicks) == pytest.approx(5.0)
    ringing = np.exp(-time_s * np.log(10) / 0.5)[:, None] * both / 0.1
    assert hearing.decay_s(ringing) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("place", "first_hz", "second_hz"), [(0.0, 320, 800), (0.25, 450, 850), (0.5, 700, 1150)])
def test_the_choirs_vowels_have_their_formants(place: float, first_hz: float, second_hz: float) -> None:
    """The pitch glides by an octave, so that every frequency was sung once; saws fall by 6 dB an octave besides."""
    glide = [TimedChange(0.1 * step, {"pitch": 80.0 * 2 ** (step / 60)}) for step in range(60)]
    fixed = {"vowel": place, "spread": 0.0, "unrest": 0.0, "pitch": 80.0}
    heard = play_solo(catalogue()["choir"], 6.0, *glide, **fixed)[RATE_HZ // 2 :]
    between_hz = (first_hz * second_hz) ** 0.5
    assert hearing.formants_hz(heard, first_hz * 0.6, between_hz) == pytest.approx(first_hz, rel=0.1)
    assert hearing.formants_hz(heard, between_hz * 1.02, second_hz * 1.5) == pytest.approx(second_hz, rel=0.1)


@pytest.mark.parametrize(("place", "second_hz"), [(0.75, 1750), (1.0, 2150)])
def test_the_choirs_front_vowels_have_a_high_second_formant(place: float, second_hz: float) -> None:
    glide = [TimedChange(0.1 * step, {"pitch": 80.0 * 2 ** (step / 60)}) for step in range(60)]
    fixed = {"vowel": place, "spread": 0.0, "unrest": 0.0, "pitch": 80.0}
    heard = play_solo(catalogue()["choir"], 6.0, *glide, **fixed)[RATE_HZ // 2 :]
    assert hearing.formants_hz(heard, 1200.0, 2400.0) == pytest.approx(second_hz, rel=0.1)
