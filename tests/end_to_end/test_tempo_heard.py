"""The beat as it leaves the engine: a pattern on JACK, and a tempo that a command changes."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus
from gesturesynth.synthesis.tempo.line import MOST_SLEW
from tests.support.app_process import AppProcess
from tests.support.jack_server import JackServer

RATE = 48000
BUFFER = 256
PRESET = """name: Ticks
features: [right_wrist.height]
tempo: {bpm: 120}
outputs: {level: {to: theremin.level, from: right_wrist.height, range: [-80, -79]}}
patterns: {ticks: {trigger: percussion.hat, rhythm: [1, 1], every: 1/4}}
instruments: {percussion: {level: 0, decay: 0.08}}
"""


def onsets(samples: NDArray[np.float32]) -> NDArray[np.intp]:
    """Samples at which the level of 0.5 ms rises over a quarter of its peaks, at most ten times a second."""
    power = np.convolve(samples.astype(np.float64) ** 2, np.ones(24) / 24)[: len(samples)]
    loud = np.flatnonzero(power > power.max() / 16)
    return np.asarray(loud[np.r_[True, np.diff(loud) > RATE // 10]])


def _plays_at(bpm: float, status: ConductorStatus) -> bool:
    return status.tempo.bpm == bpm


def _has_played(samples: int, status: EngineStatus) -> bool:
    return status.samples > samples


def test_strokes_keep_the_tempo_and_a_command_changes_it(tmp_path: Path) -> None:
    preset = tmp_path / "ticks.yaml"
    preset.write_text(PRESET)
    flags = ("--source", "demo", "--preset", preset, "--audio", "jack")
    with JackServer() as server, AppProcess(*flags, environment=server.environment) as running:
        running.until(EngineStatus, lambda status: status.samples > 4 * RATE, "four seconds of sound")
        heard = []
        for bpm in (120, 90):
            command = [sys.executable, "-m", "gesturesynth", "tempo", str(bpm)]
            subprocess.run(command, env=server.environment | running.folders, check=True, capture_output=True)
            status = running.until(ConductorStatus, partial(_plays_at, bpm), "the tempo")
            assert status.tempo.text.startswith(f"{bpm} BPM, 4/4, bar ")
            begun = running.until(EngineStatus, lambda status: True, "a status").samples
            with server.capture() as capture:
                running.until(EngineStatus, partial(_has_played, begun + 10 * RATE), "ten seconds more")
            heard.append(np.diff(onsets(capture.samples[RATE:, 0])))
    for bpm, intervals in zip((120, 90), heard, strict=True):
        quarter = 60 * RATE / bpm
        assert len(intervals) >= 10
        # A busy computer makes this JACK slow against the clock of the conductor, which the engine then follows.
        assert np.abs(intervals - quarter).max() <= MOST_SLEW * quarter * 1.06 + BUFFER
        assert np.abs(np.diff(intervals)).max() <= MOST_SLEW * quarter * 1.06 + BUFFER
