"""The drone's low-pass never runs away: pyo's MoogLP does when it is given too much."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.synthesis.instruments.drone import FILTER_INPUT, RESONANCE, Drone, highest_cutoff_hz
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.meter import RingBuffer
from gesturesynth.synthesis.pyo_loader import load_pyo
from tests.support.instrument_player import RATE_HZ, server


def filtered(loud: float, cutoff_hz: float) -> np.ndarray:
    """Full-scale squares that sweep, through the filter, 2 s."""
    with server() as made:
        graph = Graph(load_pyo())
        hz = graph.Sine(3.7, mul=5000, add=5100)
        ring = RingBuffer(
            made, graph.MoogLP(graph.LFO(freq=hz, sharp=1, type=2, mul=loud), freq=cutoff_hz, res=RESONANCE)
        )
        for _ in range(2 * RATE_HZ // 256):
            made.process()
        return ring.read()


@pytest.mark.parametrize("cutoff_hz", [60.0, 500.0, 3000.0, 8000.0, highest_cutoff_hz(RATE_HZ)])
def test_the_filter_stays_finite_at_the_most_it_is_given(cutoff_hz: float) -> None:
    assert np.abs(filtered(FILTER_INPUT, cutoff_hz)).max() < 1.0


def test_more_input_makes_the_filter_run_away() -> None:
    assert not np.isfinite(filtered(3.0, highest_cutoff_hz(RATE_HZ))).all()


def test_the_drone_gives_its_filter_no_more() -> None:
    pyo = load_pyo()
    with server() as made:
        drone = Drone({parameter.name: pyo.Sig(parameter.default) for parameter in Drone.parameters})
        (low_pass,) = (one for one in drone._graph.made if isinstance(one, pyo.MoogLP))
        ring = RingBuffer(made, low_pass.input)
        # Strings in phase, as they happen to be now and then.
        for oscillator in drone._graph.made:
            if isinstance(oscillator, pyo.Osc):
                oscillator.setMul(3.0)
        for _ in range(RATE_HZ // 256):
            made.process()
        assert np.abs(ring.read()).max() == np.float32(FILTER_INPUT)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000, 96000])
def test_the_cutoff_stays_where_the_filter_is_tame(rate_hz: int) -> None:
    """The sum of the sizes of MoogLP's impulse response, with the coefficients of its C code, times the input."""
    for cutoff_hz in (60.0, 200.0, 1000.0, 3000.0, 6000.0, highest_cutoff_hz(rate_hz)):
        if cutoff_hz <= highest_cutoff_hz(rate_hz):
            assert np.abs(impulse_response(cutoff_hz, rate_hz)).sum() * FILTER_INPUT < np.sqrt(6)


def impulse_response(cutoff_hz: float, rate_hz: float) -> np.ndarray:
    part = 2 * cutoff_hz / rate_hz
    p, k = part * (1.8 - 0.8 * part), 2 * np.sin(part * np.pi / 2) - 1
    t = (1 - p) * 1.386249
    back = RESONANCE * 0.5 * (12 + t * t + 6 * t) / (12 + t * t - 6 * t) * ((1 - part) ** 3 * 0.9 + 0.1)
    memory, outputs, out = np.zeros(4), np.zeros(4), np.zeros(6000)
    for sample in range(len(out)):
        stage_input = float(sample == 0) - back * outputs[3]
        for stage in range(4):
            outputs[stage], memory[stage], stage_input = (
                (stage_input + memory[stage]) * p - k * outputs[stage],
                stage_input,
                (stage_input + memory[stage]) * p - k * outputs[stage],
            )
        out[sample] = outputs[3]
    return out
