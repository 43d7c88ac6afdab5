"""What a person hears from each effect: that it is clean, ends, and does what its parameters say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.effects.base import RETURN
from tests.support.audio_analysis import bends
from tests.support.effect_player import RATE_HZ, STEP_S, Samples, through

pytestmark = pytest.mark.slow("minutes of sound")

KINDS = tuple(effect_kinds())
SECOND = RATE_HZ


def level_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-15))


def centroid_hz(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1) * np.hanning(len(samples))))
    return float((np.fft.rfftfreq(len(samples), 1 / RATE_HZ) * spectrum).sum() / spectrum.sum())


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_is_complete(kind: str) -> None:
    effect = effect_kinds()[kind]
    assert (effect.kind, effect.about[-1]) == (kind, ".")
    names = [parameter.name for parameter in effect.parameters]
    assert len(set(names)) == len(names)
    assert names[-1] == RETURN.name
    for parameter in effect.parameters:
        assert parameter.low <= parameter.default <= parameter.high
        assert parameter.warp == "lin" or parameter.low > 0
        assert parameter.help.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_heard_without_an_offset_and_its_level_is_in_decibels(kind: str) -> None:
    full, lower, off = (through(kind, 3.0, [(0.01, {"level": level})])[SECOND:] for level in (0.0, -20.0, -80.0))
    assert -45.0 < level_db(full) < -8.0
    assert np.abs(full.mean(axis=0)).max() < 1e-3
    assert level_db(full) - level_db(lower) == pytest.approx(20.0, abs=0.2)
    assert level_db(off) < -120.0


@pytest.mark.parametrize("kind", KINDS)
def test_any_movement_of_all_parameters_leaves_it_finite_within_bounds_and_able_to_fall_silent(kind: str) -> None:
    random = np.random.default_rng(3)
    table = effect_kinds()[kind].parameters
    script = []
    for step in range(1, 75):
        change = {p.name: float(random.choice([p.low, p.high, random.uniform(p.low, p.high)])) for p in table}
        change |= {"pitch": float(random.uniform(50, 5000)), "colour": float(random.integers(0, 2))}
        script.append((step * STEP_S, change))
    defaults = {p.name: p.default for p in table}
    heard = through(kind, 12.0, [*script, (3.0, {**defaults, "source": -80.0})])
    assert np.isfinite(heard).all()
    assert level_db(heard[-SECOND:]) < -60.0


@pytest.mark.parametrize("kind", KINDS)
def test_no_parameter_clicks_when_it_jumps(kind: str) -> None:
    for parameter in effect_kinds()[kind].parameters:
        # Softly, so that a hall that rings for 20 s stays below the master's ceiling.
        first = {parameter.name: parameter.low, "pitch": 330.0, "source": -20.0}
        there, back = (3.0, {parameter.name: parameter.high}), (6.0, {parameter.name: parameter.low})
        heard = through(kind, 9.0, [(0.01, first), there, back])
        for at_s in (3, 6):
            jump, landed = at_s * SECOND - 256, round((at_s + 0.05 + parameter.glide_s) * RATE_HZ)
            before, after = heard[(at_s - 1) * SECOND : jump], heard[(at_s + 2) * SECOND : (at_s + 3) * SECOND - 256]
            steady = max(bends(before).max(), bends(after).max())
            # The end of a ramp of 92 dB in 80 ms bends more than twice as much as the tone itself.
            assert bends(heard[jump : landed + SECOND // 10]).max() < 4.0 * steady + 1e-6, (parameter.name, at_s)


def test_the_hall_rings_as_long_as_it_says() -> None:
    for decay_s in (1.0, 4.0):
        heard = through("reverb", 2.0 + decay_s, [(0.01, {"decay": decay_s, "colour": 1.0}), (1.5, {"source": -80.0})])
        levels = [level_db(heard[round(at * RATE_HZ) :][: SECOND // 10]) for at in (1.6, 1.6 + decay_s / 2)]
        assert levels[0] - levels[1] == pytest.approx(30.0, abs=5.0), decay_s


def test_echoes_come_at_their_time_from_side_to_side_and_fade_by_the_feedback() -> None:
    strokes = [
        (0.5, {"source": -80.0, "feedback": 0.5, "time": 0.3}),
        (1.0, {"source": 0.0}),
        (1.02, {"source": -80.0}),
    ]
    heard = np.square(through("delay", 3.0, [(0.01, {"cutoff": 16000.0}), *strokes]), dtype=np.float64)
    windows = [heard[round((1.0 + 0.3 * number) * RATE_HZ) :][: SECOND // 10].sum(axis=0) for number in range(1, 6)]
    louder = [int(window.argmax()) for window in windows]
    assert louder == [0, 1, 0, 1, 0]
    steps = [10 * np.log10(a.max() / b.max()) for a, b in itertools.pairwise(windows)]
    assert steps == pytest.approx([6.0] * 4, abs=1.0)


def test_the_filter_goes_from_low_pass_to_high_pass_and_follows_its_cutoff() -> None:
    def colour(**change: float) -> float:
        return centroid_hz(through("filter", 2.0, [(0.01, {"colour": 1.0, **change})])[SECOND:])

    types = [colour(type=kind) for kind in (0.0, 0.5, 1.0)]
    assert types == sorted(types)
    cutoffs = [colour(cutoff=hz) for hz in (200.0, 1000.0, 6000.0)]
    assert cutoffs == sorted(cutoffs)
    assert cutoffs[2] > 3 * cutoffs[0]


def test_distortion_adds_overtones_with_its_drive() -> None:
    parts = []
    for drive in (0.0, 0.4, 1.0):
        heard = through("distortion", 2.0, [(0.01, {"drive": drive})])[SECOND:].mean(axis=1)
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
        parts.append(float(spectrum[1320 - 5 : 1320 + 6].max() / spectrum[440 - 5 : 440 + 6].max()))
    assert parts == sorted(parts)
    assert parts[0] < 0.01
    assert parts[2] > 0.15


def test_chorus_widens_a_sound_that_was_the_same_on_both_sides() -> None:
    heard = through("chorus", 3.0)[SECOND:]
    middle, side = heard.sum(axis=1), heard[:, 0] - heard[:, 1]
    assert side.std() > 0.1 * middle.std()


def test_what_is_frozen_stays_when_its_source_has_ended_and_goes_when_it_is_let_go() -> None:
    held = through("freeze", 12.0, [(0.01, {"colour": 1.0}), (2.0, {"hold": 1.0}), (2.2, {"source": -80.0})])
    levels = [level_db(held[round(at * RATE_HZ) :][:SECOND]) for at in (3.0, 11.0)]
    assert levels[0] > -50.0
    assert levels[0] - levels[1] < 6.0
    left = through(
        "freeze", 8.0, [(0.01, {"colour": 1.0}), (2.0, {"hold": 1.0}), (2.2, {"source": -80.0}), (4.0, {"hold": 0.0})]
    )
    assert level_db(left[-SECOND:]) < -70.0
