"""Backends: devices are found without harm, a missing one is an error, null keeps time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.json_lines import parse_json_lines
from gesturesynth.synthesis.audio import backends, device_probe
from gesturesynth.synthesis.audio.backends import AudioSettings, NullBackend, open_backend
from gesturesynth.synthesis.audio.device_watcher import PROBE_INTERVAL_S, DeviceWatcher
from tests.support.jack_server import JackServer
from tests.support.waiting import DEADLINE_S, wait_for


@pytest.fixture
def no_jack(monkeypatch: pytest.MonkeyPatch) -> None:
    """No JACK server can be reached."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", f"missing-{os.getpid()}")


@pytest.fixture
def null() -> Iterator[NullBackend]:
    backend = NullBackend(AudioSettings("null", sample_rate=48000, buffer_frames=480))
    yield backend
    backend.close()


def test_the_probe_describes_a_running_jack_server_and_starts_none(
    no_jack: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "jack" not in device_probe.probe("jack")
    with JackServer(sample_rate=44100, buffer_frames=128) as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
        assert device_probe.probe("jack") == {
            "jack": {
                "sample_rate": 44100,
                "buffer_frames": 128,
                "playback": ["system:playback_1", "system:playback_2"],
                "capture": ["system:capture_1", "system:capture_2"],
            }
        }
    assert "jack" not in device_probe.probe("jack")


def test_a_jack_server_that_hangs_does_not_hang_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_probe, "TIMEOUT_S", 1.0)
    with JackServer() as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
        server.freeze()
        assert device_probe.probe("jack") == {}
        server.kill()


def test_output_of_a_probe_that_dies_or_writes_other_lines_is_ignored() -> None:
    assert parse_json_lines(b"") == {}
    assert parse_json_lines(b"a banner\n[1]\n" + b'{"jack": {}}\n') == {"jack": {}}


def test_a_chosen_device_that_is_missing_is_an_error(no_jack: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GestureSynthError, match=r"no JACK server .*--audio \(as a service, `audio.backend`"):
        open_backend(AudioSettings("jack"))
    monkeypatch.setattr(device_probe, "probe", lambda *_: {})
    with pytest.raises(GestureSynthError, match="no sound device that can play"):
        open_backend(AudioSettings("portaudio"))
    with pytest.raises(GestureSynthError, match=r"'Scarlett' in its name.*--device \(as a service, `audio.device`"):
        open_backend(AudioSettings("auto", device="Scarlett"))
    cards = {"portaudio": [{"index": 3, "name": "HDMI 1", "default": True}]}
    monkeypatch.setattr(device_probe, "probe", lambda *_: cards)
    with pytest.raises(GestureSynthError, match=r"'Scarlett' in its name; there are: HDMI 1. .*--device"):
        open_backend(AudioSettings("portaudio", device="Scarlett"))


def test_auto_without_any_device_is_null_with_a_note(no_jack: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_probe, "probe", lambda *_: {})
    backend = open_backend(AudioSettings("auto"))
    try:
        assert backend.name == "null"
        assert "no JACK server and no sound device" in backend.note
    finally:
        backend.close()


def test_null_follows_the_clock(null: NullBackend) -> None:
    start_s = null._next_s
    for step in range(1, 101):
        null.pump(start_s + step * 0.007)
    assert null.samples == pytest.approx(0.7 * 48000, abs=480)
    assert null.xruns() == 0


def test_null_after_a_long_delay_drops_what_it_missed(null: NullBackend) -> None:
    start_s = null._next_s
    null.pump(start_s)
    null.pump(start_s + 100.0)
    assert null.samples == (1 + backends.MOST_CATCH_UP) * 480
    assert null.xruns() == pytest.approx(10000 - backends.MOST_CATCH_UP, abs=1)
    null.pump(start_s + 100.0)
    before = null.samples
    null.pump(start_s + 100.05)
    assert (null.samples - before) / 480 == pytest.approx(5, abs=1), "and is on time again"


def test_a_device_that_appears_is_noticed(no_jack: None, monkeypatch: pytest.MonkeyPatch) -> None:
    device_watcher = DeviceWatcher(0.0)
    try:
        assert device_watcher.poll(1.0) == ""
        assert not device_watcher.active
        device_watcher.poll(PROBE_INTERVAL_S)
        wait_for(lambda: device_watcher.poll(PROBE_INTERVAL_S) == "" and not device_watcher.active, "the first result")
        with JackServer() as server:
            monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
            events = [device_watcher.poll(PROBE_INTERVAL_S * 2)]
            end_s = time.monotonic() + DEADLINE_S
            while not events[-1] and time.monotonic() < end_s:
                events.append(device_watcher.poll(PROBE_INTERVAL_S * 2))
                time.sleep(0.02)
            assert "JACK server has appeared" in events[-1]
    finally:
        device_watcher.close()


CONNECTED = """
import sys, time
from gesturesynth.synthesis.audio.backends import AudioSettings, open_backend
backend = open_backend(AudioSettings("auto", device=sys.argv[1]))
print(backend.name, backend.sample_rate, backend.buffer_frames, backend.xruns(), backend.device, flush=True)
sys.stdin.readline()
print(backend.samples, backend.xruns(), backend.failure() or "fine")
backend.close()
print("closed")
"""


def test_jack_is_preferred_and_its_rate_and_ports_are_taken() -> None:
    with JackServer(sample_rate=44100, buffer_frames=128) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", CONNECTED, "playback_2"],
            env=server.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.split()[:3] == ["jack", "44100.0", "128"]
        assert server.name in first
        # From `playback_2` on there is one port, so it plays in mono.
        ports = server.ports()
        assert "gesturesynth:output_1" in ports
        assert "gesturesynth:output_2" not in ports
        rest, _ = process.communicate("\n", timeout=20)
        samples, xruns, failure, closed = rest.split()
        assert int(samples) > 0
        assert int(xruns) >= 0
        assert (failure, closed, process.returncode) == ("fine", "closed", 0)


LISTENING = """
import sys, time
from gesturesynth.synthesis.audio.backends import AudioSettings, open_backend
backend = open_backend(AudioSettings("jack", microphone=sys.argv[1]))
print(backend.ear_note)
begun, end_s = backend.samples, time.monotonic() + 10
while backend.samples == begun and time.monotonic() < end_s:
    time.sleep(0.01)
print("plays" if backend.samples > begun else "stands still", backend.failure())
backend.close()
"""


@pytest.mark.parametrize(
    ("ports", "wanted", "note"),
    [(0, "", "the JACK server has no inputs"), (1, "USB", "no JACK port to listen to fits")],
)
def test_where_jack_has_no_microphone_the_piece_plays_and_it_is_said(ports: int, wanted: str, note: str) -> None:
    with JackServer(capture_ports=ports) as server:
        done = subprocess.run(
            [sys.executable, "-c", LISTENING, wanted],
            env=server.environment,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    said, plays = done.stdout.splitlines()
    assert said.startswith(note)
    assert plays.strip() == "plays"
