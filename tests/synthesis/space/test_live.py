"""The engine with eight loudspeakers on a real JACK server: ports, connections, what is played, too few outputs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.runtime.messages import Scene
from tests.support.jack_server import JackServer, read_wav
from tests.support.stub_instruments import scene, tone
from tests.synthesis.test_process import RATE, engine


def around() -> Scene:
    """Eight tones, each between the two loudspeakers of a ring of four or at one of a row, of different pitches."""
    return scene(*(tone(f"t{n}", level=-20.0, pitch=400.0 + 100.0 * n, azimuth=45.0 * n - 157.5) for n in range(8)))


def connections(server: JackServer) -> list[str]:
    listed = subprocess.run(["jack_lsp", "-c"], env=server.environment, capture_output=True, text=True, check=True)
    return [line.strip() for line in listed.stdout.splitlines()]


def test_eight_loudspeakers_each_play_their_own_through_a_named_port(tmp_path: Path) -> None:
    record = tmp_path / "around.wav"
    with (
        JackServer(playback_ports=8) as server,
        server.capture() as capture,
        engine("jack", server.environment, record, channels=8) as running,
    ):
        running.play(around())
        status = running.play_on(RATE)
        listed = connections(server)
        assert running.stop() == 0
    assert (status.channels, status.layout, status.detail) == (8, "ring of 8", "")
    assert status.device.endswith("system:playback_1 to system:playback_8 (8 channels)")
    assert len(status.channel_level_db) == len(status.channel_peak_db) == 8
    assert max(status.channel_level_db) - min(status.channel_level_db) < 1.0
    port = listed.index("system:playback_3")
    assert "gesturesynth:speaker_3_+67.5deg" in listed[port : port + 4]
    _, recorded = read_wav(record)
    for heard in (capture.samples, recorded):
        assert heard.shape[1] == 8
        middle = heard[len(heard) // 2 :][:RATE]
        window = np.hanning(len(middle))[:, None]
        strongest = np.abs(np.fft.rfft(middle * window, axis=0)).argmax(axis=0) * RATE / len(middle)
        # Clockwise from -22.5 degrees: the tones are counted from -157.5.
        assert strongest == pytest.approx([700, 800, 900, 1000, 1100, 400, 500, 600], abs=2)


def test_a_device_with_fewer_outputs_plays_what_it_can_and_says_so() -> None:
    with (
        JackServer(playback_ports=2) as server,
        server.capture() as capture,
        engine("jack", server.environment, channels=8) as running,
    ):
        running.play(around())
        status = running.play_on(RATE / 2)
        assert running.stop() == 0
    assert (status.channels, status.layout) == (2, "stereo")
    assert "asks for 8 loudspeakers" in status.detail
    assert "everything plays in stereo" in status.detail
    assert (capture.samples.std(axis=0) > 0.01).all()
