"""The theremin's voice: the sound of a sine with feedback, without the feedback loop that could end the process."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import gesturesynth.synthesis
from gesturesynth.synthesis.instruments.feedback_voice import FEEDBACKS, GREATEST, feedback_voice, feedback_wave
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.wavetables import SIZE
from gesturesynth.synthesis.meter import RingBuffer
from gesturesynth.synthesis.pyo_loader import load_pyo
from tests.support.instrument_player import RATE_HZ, server

UNSAFE = {"SineLoop", "SuperSaw", "Denorm", "FM"}
"""See docs/pyo-audit.md."""


def test_a_wave_solves_its_own_equation() -> None:
    turn = np.arange(SIZE) * 2 * np.pi / SIZE
    for feedback in FEEDBACKS:
        wave = feedback_wave(feedback).astype(np.float64)
        # The last overtones are left out, which the steepest waves feel most, at the zero that they rush through.
        error = np.abs(wave - np.sin(turn + 2 * np.pi * feedback * wave))
        assert np.median(error) < 0.002
        assert abs(wave.mean()) < 1e-6
        assert len(wave) & (len(wave) - 1) == 0, "a power of two"
    assert np.allclose(feedback_wave(0.0), np.sin(turn), atol=1e-6)


@pytest.mark.parametrize("feedback", [-0.01, 0.0, 0.01, 0.045, 0.06, 0.1, GREATEST, 0.3])
def test_between_tables_it_sounds_as_the_recursion_does(feedback: float) -> None:
    """Against the feedback itself, sample by sample in 64-bit floats, at a pitch where its delay does not count."""
    hz, seconds = 100.0, 1
    with server() as made:
        graph = Graph(load_pyo())
        voice = feedback_voice(graph, graph.Sig(hz), graph.Sig(feedback))
        ring = RingBuffer(made, voice)
        for _ in range(seconds * RATE_HZ // 256):
            made.process()
        heard = ring.read()[:, 0]
    bend = 2 * np.pi * min(max(feedback, 0.0), GREATEST)
    expected, before = np.zeros(len(heard)), 0.0
    for sample in range(len(heard)):
        expected[sample] = before = np.sin(2 * np.pi * hz * sample / RATE_HZ + bend * before)
    bins = np.arange(1, 9) * round(hz * len(heard) / RATE_HZ)
    window = np.hanning(len(heard))
    here, there = (np.abs(np.fft.rfft(signal * window))[bins] for signal in (heard, expected))
    assert np.isfinite(heard).all()
    audible = there > there.max() * 0.01
    assert np.abs(20 * np.log10(here[audible] / there[audible])).max() < 1.5


def test_no_object_is_used_that_is_known_to_be_unsafe() -> None:
    for file in Path(gesturesynth.synthesis.__file__).parent.rglob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)}
        assert not names & UNSAFE, file
