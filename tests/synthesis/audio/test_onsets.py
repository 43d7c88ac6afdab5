"""Where sounds begin, in buffers as JACK has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.synthesis.audio.jack_listener import REST_S, OnsetFinder

RATE = 48000
BUFFER = 256


def stroke(seconds: float = 0.3) -> NDArray[np.float64]:
    """Noise that decays, as a stroke of the hat."""
    times = np.arange(round(seconds * RATE)) / RATE
    return 0.3 * np.random.default_rng(3).normal(size=len(times)) * np.exp(-times / 0.02)


def onsets(begins_s: Sequence[float], noise: float, seconds: float = 4.0) -> list[float]:
    samples = noise * np.random.default_rng(1).normal(size=round(seconds * RATE))
    for begin_s in begins_s:
        place = round(begin_s * RATE)
        sound = stroke()
        samples[place : place + len(sound)] += sound
    finder, found = OnsetFinder(RATE), []
    for start in range(0, len(samples) - BUFFER, BUFFER):
        onset_s = finder.find(samples[start : start + BUFFER].astype(np.float32), start / RATE)
        found += [] if onset_s is None else [onset_s]
    return found


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.01])
def test_each_stroke_is_found_once_and_at_its_beginning(noise: float) -> None:
    begins_s = [0.7, 1.4, 2.1, 3.0, 3.5]
    found = onsets(begins_s, noise)
    assert found == pytest.approx(begins_s, abs=0.001)


@pytest.mark.parametrize("noise", [0.0, 0.0001, 0.002])
def test_noise_alone_is_no_stroke(noise: float) -> None:
    assert onsets([], noise) == []


def test_echoes_belong_to_their_stroke() -> None:
    assert onsets([1.0, 1.1, 1.0 + REST_S - 0.05, 2.0], 0.0) == pytest.approx([1.0, 2.0], abs=0.001)
