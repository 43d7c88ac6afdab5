"""`gesturesynth demo`, as a visitor sees and hears it: two pieces, announced, and an end by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from scipy.io import wavfile


def test_the_pieces_follow_each_other_are_announced_and_it_ends_by_itself(own_folders: Path) -> None:
    file = own_folders / "heard.wav"
    command = ["demo", "drone", "theremin", "--seconds", "5", "--audio", "null", "--json", "--record", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "gesturesynth", *command], env=os.environ, capture_output=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["preset"] for line in lines if line["event"] == "piece announced"] == ["drone", "theremin"]
    assert [line["preset"] for line in lines if line["event"] == "preset changed"] == ["Air theremin"]
    rate, samples = wavfile.read(file)
    assert rate == 48000
    assert len(samples) > 8 * 48000
    # 24 bits are read as the upper part of 32.
    assert (samples[2 * 48000 : 4 * 48000] / 2**31).std() > 0.001
    assert (samples[-3 * 48000 :] / 2**31).std() > 0.001
