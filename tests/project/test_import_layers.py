"""What a process must never hold, looked up in a running interpreter. Who may import whom: `.importlinter`."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("gesturesynth.conductor.process", {"sklearn", "mediapipe", "cv2", "pyo", "scipy"}),
        ("gesturesynth.synthesis.process", {"sklearn", "mediapipe", "cv2", "scipy"}),
        ("gesturesynth.tracking.process", {"sklearn", "pyo", "mediapipe"}),
        ("gesturesynth.cli.app", {"sklearn", "pyo", "mediapipe", "cv2", "scipy"}),
        ("gesturesynth.control.keypad.process", {"sklearn", "pyo", "mediapipe", "cv2", "scipy", "pythonosc"}),
        ("gesturesynth.actions.process", {"sklearn", "pyo", "mediapipe", "cv2", "scipy", "numpy"}),
        ("gesturesynth.actions.keys.process", {"pyo", "numpy", "pythonosc", "ssl", "http.client"}),
        ("gesturesynth.midi.process", {"sklearn", "pyo", "mediapipe", "cv2", "scipy", "pythonosc", "rtmidi2"}),
        ("gesturesynth.light.process", {"sklearn", "pyo", "mediapipe", "cv2", "scipy", "pythonosc", "numpy"}),
        ("gesturesynth.page.process", {"sklearn", "pyo", "mediapipe", "cv2", "scipy", "pythonosc"}),
        ("gesturesynth.pipeline.render", {"sklearn", "mediapipe"}),
    ],
)
def test_a_process_starts_without_what_it_must_not_hold(module: str, never: set[str]) -> None:
    script = f"import sys, {module}; print(*sorted({never!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
