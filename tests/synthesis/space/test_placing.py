"""Layers among four and eight loudspeakers, as they are heard: power, steps, buses, ceiling, loudness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.pyo_loader import PyoClasses
from gesturesynth.synthesis.space.layout import SpeakerLayout
from tests.support.audio_analysis import steps, true_peak_db
from tests.support.stub_instruments import KINDS, scene, settle, sound, tone

pytestmark = pytest.mark.slow("minutes of sound")

if TYPE_CHECKING:
    from pyo import PyoObject

RATE = 48000
RINGS = [SpeakerLayout(4), SpeakerLayout(8), SpeakerLayout(4, "row")]
HALL = InstrumentSetup("hall", "reverb")


class TwoSides(Instrument):
    """Two tones, of which `turned` decides what both sides have in common: 0 nothing, 1 all, -1 all, reversed."""

    kind: ClassVar[str] = "sides"
    about: ClassVar[str] = "Two sides."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("turned", "", -1.0, 1.0, "lin", 0.0, 0.05, "What they have in common."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        self.common, self.other = pyo.Sine(480.0, mul=0.1), pyo.Sine(720.0, mul=0.1)
        self.alike = self.common * controls["turned"] + self.other * (1.0 - controls["turned"] * controls["turned"])
        self.both = pyo.Mix([self.common, self.alike], voices=2)
        return self.both


class Hiss(Instrument):
    """White noise, the same on both sides."""

    kind: ClassVar[str] = "hiss"
    about: ClassVar[str] = "Noise."
    parameters: ClassVar[tuple[Parameter, ...]] = (LEVEL,)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        self.gain = pyo.DBToA(controls["level"])
        self.noise = pyo.Noise(mul=self.gain)
        return self.noise.mix(2)


def heard(engine: OfflineEngine, of: Any, *values: float, frames: int = RATE // 4) -> NDArray[np.float32]:
    engine.apply(sound(of, *values))
    settle(engine)
    return engine.render(frames)


def power(samples: NDArray[np.float32]) -> float:
    return float(np.square(samples, dtype=np.float64).mean(axis=0).sum())


def ring(layout: SpeakerLayout) -> OfflineEngine:
    return OfflineEngine(kinds=KINDS | {"sides": TwoSides, "hiss": Hiss}, layout=layout)


@pytest.mark.parametrize("layout", RINGS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("turned", [0.0, 1.0, -1.0])
def test_a_layer_has_the_same_power_at_every_place(layout: SpeakerLayout, turned: float) -> None:
    with ring(layout) as engine:
        of = scene(InstrumentSetup("sides", "sides", {"turned": turned}), moved={"sides.azimuth": 0.05})
        powers = [power(heard(engine, of, azimuth)) for azimuth in np.linspace(-180.0, 180.0, 25)]
    assert 10 * np.log10(np.array(powers) / (2 * 0.1**2 / 2)) == pytest.approx(0.0, abs=0.1)


def test_a_layer_is_heard_where_it_is_placed() -> None:
    layout = SpeakerLayout(8)
    with ring(layout) as engine:
        of = scene(tone(level=-20.0), moved={"tone.azimuth": 0.05, "tone.pan": 0.05})
        for azimuth, pan in ((-180.0, 0.0), (-67.5, 0.0), (22.5, 0.0), (0.0, 1.0), (90.0, 0.5), (170.0, 0.5)):
            powers = np.square(heard(engine, of, azimuth, pan).std(axis=0, dtype=np.float64))
            direction = (powers * np.exp(1j * np.radians(layout.azimuths_deg))).sum()
            wanted = np.exp(1j * np.radians(azimuth + 90.0 * pan))
            assert abs(np.degrees(np.angle(direction / wanted))) < 12.0, "amplitudes, not powers, say the angle exactly"
            assert abs(direction) / powers.sum() > 0.7


@pytest.mark.parametrize("layout", RINGS, ids=lambda layout: layout.name)
def test_a_layer_that_goes_around_does_not_click(layout: SpeakerLayout) -> None:
    with ring(layout) as engine:
        of = scene(tone(level=-20.0, pitch=220.0), moved={"tone.azimuth": 0.5})
        steady = steps(heard(engine, of, 0.0)).max()
        blocks = []
        for azimuth in (90.0, 180.0, -90.0, 0.0, 120.0, -120.0, 0.0):
            engine.apply(sound(of, azimuth))
            blocks.append(engine.render(RATE // 2))
    moving = np.concatenate(blocks)
    assert steps(moving).max() < 1.5 * steady, "one loudspeaker gets up to sqrt(2) of what two had"
    powers = np.square(moving.astype(np.float64)).sum(axis=1).reshape(-1, 480).mean(axis=1)
    assert 10 * np.log10(powers.max() / powers.min()) < 1.0


def test_from_behind_left_to_behind_right_it_goes_behind_and_not_through_the_front() -> None:
    with ring(SpeakerLayout(4)) as engine:
        of = scene(tone(level=-20.0), moved={"tone.azimuth": 0.4})
        heard(engine, of, -150.0, frames=RATE)
        for azimuth in (150.0, -150.0, 150.0):
            engine.apply(sound(of, azimuth))
            engine.render(256)
            assert np.abs(engine.render(RATE // 2)[:, :2]).max() < 0.05, "front"


def test_a_width_of_0_is_one_point_and_of_1_as_the_instrument_is() -> None:
    with ring(SpeakerLayout(8)) as engine:
        of = scene(InstrumentSetup("sides", "sides"), moved={"sides.width": 0.05})
        wide = heard(engine, of, 1.0).std(axis=0)
        point = heard(engine, of, 0.0)
    assert wide[:2] == pytest.approx([0.1 / np.sqrt(2.0)] * 2, rel=0.01)
    assert point[:, 0] == pytest.approx(point[:, 1], abs=1e-6)


@pytest.mark.parametrize("layout", RINGS, ids=lambda layout: layout.name)
def test_a_bus_comes_back_from_all_loudspeakers_with_equal_power_and_not_as_one(layout: SpeakerLayout) -> None:
    with ring(layout) as engine:
        hiss = InstrumentSetup("hiss", "hiss", {"send_hall": 0.0})
        of = scene(hiss, moved={"hiss.level": 0.005}, buses=(HALL,))
        heard(engine, of, -20.0, frames=RATE)
        engine.apply(sound(of, -80.0))
        engine.render(RATE // 10)
        returned = engine.render(RATE).astype(np.float64)
    powers = returned.std(axis=0) ** 2
    assert 10 * np.log10(powers.max() / powers.min()) < 1.0
    alike = np.asarray(np.corrcoef(returned.T))[np.triu_indices(layout.placed, 1)]
    assert np.abs(alike).max() < 0.3


@pytest.mark.parametrize("channels", [1, 4, 8])
@pytest.mark.parametrize("azimuth", [0.0, 45.0, 100.0])
def test_no_channel_exceeds_the_ceiling_between_its_samples_either(channels: int, azimuth: float) -> None:
    shouts = [
        InstrumentSetup(f"s{n}", "shout", {"gain": 4.0, "pitch": 1770.0 * n, "azimuth": azimuth + 10.0 * n})
        for n in (1, 2)
    ]
    with ring(SpeakerLayout(channels)) as engine:
        samples = heard(engine, scene(*shouts, ceiling_db=-3.0), frames=RATE // 2)
    assert samples.shape[1] == channels
    assert np.abs(samples).max() <= db_to_gain(-3.0)
    assert max(true_peak_db(samples[:, [channel, channel]]) for channel in range(channels)) <= -2.9


def test_all_channels_are_turned_down_alike() -> None:
    with ring(SpeakerLayout(4)) as engine:
        soft = tone("soft", level=-30.0, pitch=300.0, azimuth=180.0)
        louds = [
            InstrumentSetup(f"loud{n}", "shout", {"gain": 3.0, "pitch": 900.0 + 13 * n, "pan": 0.2 * n - 0.4})
            for n in range(5)
        ]
        alone = heard(engine, scene(soft))[:, 2:]
        with_louds = heard(engine, scene(soft, *louds), frames=RATE)[:, 2:]
    change = np.atleast_1d(with_louds.std(axis=0) / alone.std(axis=0))
    assert 20 * np.log10(change).max() < -3.0, "behind, where none of the loud ones plays"
    assert change[0] == pytest.approx(change[1], rel=0.05)


@pytest.mark.parametrize("channels", [1, 4, 8])
def test_loudness_is_that_of_stereo(channels: int) -> None:
    of = scene(tone(level=-24.0, pitch=997.0, azimuth=60.0))
    measured = []
    for layout in (SpeakerLayout(2), SpeakerLayout(channels)):
        with ring(layout) as engine:
            engine.apply(sound(of))
            engine.render(4 * RATE)
            measured.append(engine._require_open().loudness.short_term_lufs)
    # What both sides have in common is 0.9 dB louder from one loudspeaker: see test_fold.py.
    assert measured[1] == pytest.approx(measured[0] + (0.9 if channels == 1 else 0.0), abs=0.3)
