"""Noise from a table against pyo's own."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import signal

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.noise import LENGTH, NoiseSource, pink_noise, white_noise
from gesturesynth.synthesis.pyo_loader import load_pyo
from tests.support.instrument_player import FRAMES, RATE_HZ, Samples, server

if TYPE_CHECKING:
    from pyo import PyoObject

OPENING = 20
"""Buffers until the server's own fade-in is over."""
BANDS_HZ = ((100, 300), (300, 1000), (1000, 4000), (4000, 12000), (12000, 22000))


def heard(make: Callable[[Graph, PyoObject], PyoObject], seconds: float = 5.0) -> Samples:
    with server() as made:
        graph = Graph(load_pyo())
        made_noise = make(graph, graph.Sig(1.0))
        made_noise.out()
        memory = (ctypes.c_float * (2 * FRAMES)).from_address(int(made.getOutputAddr(), 16))
        block = np.ctypeslib.as_array(memory).reshape(FRAMES, 2)
        blocks = []
        for _ in range(OPENING + round(seconds * RATE_HZ / FRAMES)):
            made.process()
            blocks.append(block.copy())
        del made_noise, graph, block, memory
    return np.concatenate(blocks[OPENING:]).astype(np.float64)


def power_db(samples: Samples) -> list[float]:
    hz, power = signal.welch(samples[:, 0], RATE_HZ, nperseg=8192)
    return [float(10 * np.log10(power[(hz >= low) & (hz < high)].mean())) for low, high in BANDS_HZ]


@pytest.mark.parametrize("colour", ["white", "pink"])
def test_it_has_the_spectrum_and_the_level_of_pyos(colour: str) -> None:
    def from_pyo(graph: Graph, _near: PyoObject) -> PyoObject:
        kind: Any = graph.Noise if colour == "white" else graph.PinkNoise
        made: PyoObject = kind([1.0, 1.0])
        return made

    ours = power_db(heard(lambda graph, near: getattr(NoiseSource(graph, near), colour)([1.0, 1.0])))
    assert ours == pytest.approx(power_db(heard(from_pyo)), abs=0.5)


def test_no_two_streams_are_alike_within_seconds_and_none_repeats_soon() -> None:
    sides = heard(lambda graph, near: NoiseSource(graph, near).white([1.0, 1.0]), 3.5)
    far = np.fft.irfft(np.conj(np.fft.rfft(sides[:, 0], 2**19)) * np.fft.rfft(sides[:, 1], 2**19))
    assert np.abs(far).max() < 0.05 * np.sum(np.square(sides[:, 0]))
    alone = np.fft.irfft(np.abs(np.fft.rfft(sides[:, 0], 2**19)) ** 2)
    assert np.abs(alone[RATE_HZ // 100 : 2**18]).max() < 0.05 * alone[0]


def test_a_rendering_gives_the_same_noise_again() -> None:
    def both(graph: Graph, near: PyoObject) -> PyoObject:
        return NoiseSource(graph, near).pink([1.0, 1.0])

    np.testing.assert_array_equal(heard(both, 0.5), heard(both, 0.5))


def test_the_end_goes_on_with_the_beginning() -> None:
    for samples in (white_noise(), pink_noise()):
        assert len(samples) == LENGTH
        steps = np.abs(np.diff(samples))
        assert abs(float(samples[0] - samples[-1])) < float(steps.max())
