"""Headphones: which ear hears a layer first, and louder; power; what the head's filters are."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.space.headphones import EARS_DEG, HEAD_RADIUS_M, SOUND_M_S, high_gain, way_s
from gesturesynth.synthesis.space.layout import SpeakerLayout
from tests.support.stub_instruments import KINDS, scene, settle, sound, tone

RATE = 48000
EARS = SpeakerLayout(2, "headphones")


def heard(azimuth: float, pitch: float) -> NDArray[np.complex128]:
    """Amplitude and phase of a tone at the left and at the right ear."""
    with OfflineEngine(kinds=KINDS, layout=EARS) as engine:
        engine.apply(sound(scene(tone(level=-20.0, pitch=pitch, azimuth=azimuth))))
        settle(engine)
        samples = engine.render(RATE // 2)
    turns = np.exp(-2j * np.pi * pitch * np.arange(len(samples)) / RATE)
    return np.asarray((samples * turns[:, None]).mean(axis=0) * 2)


@pytest.mark.parametrize("azimuth", [45.0, 90.0, 135.0])
def test_the_nearer_ear_hears_a_layer_first_and_louder(azimuth: float) -> None:
    left, right = heard(azimuth, 300.0)
    lag_s = np.angle(right / left) / (2 * np.pi * 300.0)
    assert 0.3e-3 < lag_s < 1.0e-3
    left, right = heard(azimuth, 4000.0)
    assert 20 * np.log10(abs(right) / abs(left)) > 8.0
    mirrored = heard(-azimuth, 4000.0)
    assert np.abs(mirrored[::-1]) == pytest.approx(np.abs([left, right]), rel=0.01)


def test_in_front_and_behind_both_ears_hear_the_same() -> None:
    for azimuth in (0.0, 180.0):
        left, right = heard(azimuth, 1000.0)
        assert right == pytest.approx(left, rel=1e-3)


@pytest.mark.parametrize("pitch", [200.0, 4800.0])
def test_a_layer_is_as_loud_from_everywhere_as_in_stereo(pitch: float) -> None:
    powers = [float((np.abs(heard(azimuth, pitch)) ** 2).sum()) for azimuth in (0.0, 60.0, 90.0, 140.0, 180.0, -77.0)]
    assert 10 * np.log10(np.array(powers) / (2 * 0.1**2)) == pytest.approx(0.0, abs=0.7)


def test_the_head_is_the_published_one() -> None:
    # Woodworth: a/c (sin + angle) between both ears, 0.66 ms for this head at the side.
    azimuths = np.array([0.0, 30.0, 60.0, 90.0])
    between = way_s(azimuths, EARS_DEG[0]) - way_s(azimuths, EARS_DEG[1])
    angles = np.radians(azimuths)
    assert between == pytest.approx(HEAD_RADIUS_M / SOUND_M_S * (np.sin(angles) + angles), abs=1e-9)
    # Brown and Duda: 2 at the ear, 0.1 at 150 degrees from it.
    ratio = high_gain(np.array([60.0]), EARS_DEG[1]) / high_gain(np.array([60.0]), EARS_DEG[0])
    assert ratio == pytest.approx((1.05 + 0.95 * np.cos(np.pi * 30 / 150)) / 0.1)


def test_a_layer_that_goes_around_the_head_does_not_click() -> None:
    with OfflineEngine(kinds=KINDS, layout=EARS) as engine:
        of = scene(tone(level=-20.0, pitch=220.0), moved={"tone.azimuth": 0.5})
        engine.apply(sound(of, 0.0))
        settle(engine)
        blocks = []
        for azimuth in (90.0, 180.0, -90.0, 0.0):
            engine.apply(sound(of, azimuth))
            blocks.append(engine.render(RATE // 2))
    largest = 0.1 * 2 * np.pi * 220.0 / RATE * np.sqrt(2)
    assert np.abs(np.diff(np.concatenate(blocks), axis=0)).max() < 1.3 * largest
