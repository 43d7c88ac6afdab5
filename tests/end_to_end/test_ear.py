"""Sound in drives sound out: another JACK client plays into the engine's microphone, and a preset follows it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

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


def test_a_tone_at_the_microphone_is_played_by_the_piece(tmp_path: Path) -> None:
    preset, config = tmp_path / "hum.yaml", tmp_path / "gesturesynth.yaml"
    preset.write_text(PRESET)
    config.write_text("ear: true\n")
    time_s = np.arange(48000 * 30) / 48000
    tone = (math.sqrt(2) * 10 ** (TONE_DB / 20) * np.sin(2 * np.pi * TONE_HZ * time_s)).astype(np.float32)
    flags = ("--source", "demo", "--audio", "jack", "--preset", str(preset), "--config", str(config))

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
        assert running.stop() == 0
