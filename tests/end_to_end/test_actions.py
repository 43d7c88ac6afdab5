"""`run` with actions switched on: what happens in a piece reaches another program, with the values of that moment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from pythonosc.osc_message import OscMessage

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus
from tests.support.app_process import AppProcess

PRESET = """\
name: Two scenes
features: [right_wrist.height]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], from: right_wrist.height}
scenes: {day: , night: }
actions:
  dark: {when: scene.night, osc: {port: PORT, address: /scene, arguments: ["{scene}", {pitch}, {people}]}}
"""


def test_a_scene_that_begins_is_told_to_another_program(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lamp:
        lamp.bind(("127.0.0.1", 0))
        lamp.settimeout(20)
        preset, config = tmp_path / "scenes.yaml", tmp_path / "gesturesynth.yaml"
        preset.write_text(PRESET.replace("PORT", str(lamp.getsockname()[1])))
        config.write_text("actions: {enabled: true}\n")
        with AppProcess("--source", "demo", "--audio", "null", "--preset", preset, "--config", config) as running:
            running.until(EngineStatus, lambda status: status.preset == "Two scenes", "the piece")
            carried_out = running.until(
                ConductorStatus, lambda status: status.present and not status.notes, "the process for actions"
            )
            assert carried_out.scene == "day"
            done = subprocess.run(
                [sys.executable, "-m", "gesturesynth", "scene", "next"],
                env=os.environ | running.folders,
                check=False,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
            message = OscMessage(lamp.recv(1000))
            assert message.address == "/scene"
            scene, pitch_hz, people = message.params
            assert scene == "night"
            assert 110.0 <= pitch_hz <= 1760.0
            assert people == 1.0
            assert running.stop() == 0
            running.assert_nothing_is_left()
