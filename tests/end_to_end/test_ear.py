"""Sound in drives sound out: another JACK client plays into the engine's microphone, and a preset follows it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus
from tests.support.app_process import AppProcess
from tests.support.jack_player import JackPlayer
from tests.support.jack_server import JackServer

PRESET = """\
name: Hum
features: [ear.loudness]
outputs:
  pitch: {to: theremin.pitch, range: [55, 1760], from: ear.pitch}
  level: {to: theremin.level, range: [-40, -9], from: ear.loudness}
"""
TONE_HZ = 880.0
TONE_DB = -12.0
MARK_HZ = 7480.0
MARK_DB = -46.0
"""A second tone at the microphone, between the partials of what the piece plays: to be found in a recording of it."""


def sine(pitch_hz: float, level_db: float) -> NDArray[np.float64]:
    return np.asarray(
        math.sqrt(2) * 10 ** (level_db / 20) * np.sin(2 * np.pi * pitch_hz * np.arange(48000 * 30) / 48000)
    )


def above_neighbours_db(file: Path, pitch_hz: float) -> float:
    """How far a pitch stands out in the last second of a recording."""
    rate, samples = wavfile.read(file)
    assert len(samples) > rate
    size = np.abs(np.fft.rfft(samples[-rate:, 0] * np.hanning(rate)))  # one bin for each Hz
    near = size[round(pitch_hz) - 60 : round(pitch_hz) + 61]
    return float(20 * np.log10(near[58:63].max() / np.median(near)))


def test_a_tone_at_the_microphone_is_played_by_the_piece_and_is_not_recorded(tmp_path: Path) -> None:
    preset, config = tmp_path / "hum.yaml", tmp_path / "gesturesynth.yaml"
    preset.write_text(PRESET)
    config.write_text("ear: true\n")
    tone = (sine(TONE_HZ, TONE_DB) + sine(MARK_HZ, MARK_DB)).astype(np.float32)
    recording = tmp_path / "piece.wav"
    files = ("--preset", str(preset), "--config", str(config), "--record", str(recording))
    flags = ("--source", "demo", "--audio", "jack", *files)

    def follows(status: ConductorStatus) -> bool:
        outputs = {one.name: one.value for one in status.outputs}
        cents = abs(1200 * math.log2(outputs.get("pitch", 1.0) / TONE_HZ))
        return cents < 5 and abs(outputs["level"] - (-40 + 31 * (1 + TONE_DB / 60))) < 0.5

    with JackServer() as server, AppProcess(*flags, environment=server.environment) as running:
        running.until(EngineStatus, lambda status: status.preset == "Hum", "the piece")
        opened = running.until_logged("microphone opened", "engine")
        assert opened["device"] == "system:capture_1"
        with JackPlayer(server, tone, tmp_path):
            status = running.until(ConductorStatus, follows, "the tone as outputs")
            assert not [note for note in status.notes if "listens" in note]
            begun = running.until(EngineStatus, lambda _: True, "the clock").samples
            running.until(EngineStatus, lambda status: status.samples > begun + 48000, "a second of sound")
            assert running.stop() == 0
    assert above_neighbours_db(recording, TONE_HZ) > 30.0, "the piece plays it, too"
    assert above_neighbours_db(recording, MARK_HZ) < 20.0, "the microphone is in the recording"
