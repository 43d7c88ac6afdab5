"""`gesturesynth run --wekinator`: numbers over UDP are answered by numbers, without a camera."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import pytest
from pythonosc.osc_message import OscMessage

from gesturesynth.cli.flags import PresetFlags
from gesturesynth.cli.playing import _as_wekinator
from gesturesynth.control.osc.codec import encode
from gesturesynth.core.errors import UserError
from gesturesynth.monitoring.health import assess
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus
from tests.benchmarks.wekinator import free_port, write_pieces
from tests.support.app_process import AppProcess
from tests.support.conductor_harness import own_preset
from tests.support.waiting import wait_for


def answer(ours: socket.socket, port: int, *values: float) -> tuple[str, list[float]]:
    """The first message that comes back."""
    ours.sendto(encode("/wek/inputs", *values), ("127.0.0.1", port))
    message = OscMessage(ours.recv(4096))
    return message.address, message.params


def drain(ours: socket.socket) -> None:
    """Takes what has come, until nothing does for a moment."""
    ours.settimeout(0.2)
    with suppress(TimeoutError):
        while ours.recv(4096):
            pass
    ours.settimeout(10.0)


def test_numbers_are_answered_by_what_was_taught_and_no_camera_is_needed(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        ours.settimeout(10.0)
        write_pieces(tmp_path, port, ours.getsockname()[1], 3, 2)
        with AppProcess("--wekinator", "--audio", "null", home=tmp_path) as running:
            running.listen(EngineStatus)
            conductor = running.until(ConductorStatus, lambda status: bool(status.model), "a model")
            engine = running.until(EngineStatus, lambda status: status.preset == conductor.preset, "an engine")
            assert answer(ours, port, 0.2, 0.2, 0.2)[0] == "/wek/outputs"
            low = pytest.approx([0.1, 0.1], abs=0.02)
            wait_for(lambda: answer(ours, port, 0.2, 0.2, 0.2)[1] == low, "the first model to have taken over")
            drain(ours)
            assert answer(ours, port, 0.8, 0.8, 0.8)[1] == pytest.approx([0.9, 0.9], abs=0.02)
            ours.sendto(b"/wek/inputs\0,fff", ("127.0.0.1", port))  # cut off
            ours.sendto(encode("/wek/inputs", 0.2), ("127.0.0.1", port))
            assert answer(ours, port, 0.2, 0.2, 0.2)[1] == low
            ours.sendto(encode("/wekinator/control/outputs", 0.5, 1.0), ("127.0.0.1", port))
            wait_for(lambda: answer(ours, port, 0.2, 0.2, 0.2)[1] == [0.5, 1.0], "the values that were set")
            ours.sendto(encode("/wekinator/control/startRunning"), ("127.0.0.1", port))
            wait_for(lambda: answer(ours, port, 0.2, 0.2, 0.2)[1] == low, "the model again")
            processes = {line.get("process") for line in running.log()}
            assert "conductor" in processes
            assert "tracker" not in processes
            assert assess(None, conductor, engine, conductor.time_s).healthy
            assert "person" not in running.stderr_text()
            assert running.stop() == 0


def test_it_is_that_preset_or_another_with_the_key(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="presets with the key `wekinator`, which 'drums' does not have"):
        _as_wekinator(PresetFlags(preset="drums"))
    own = own_preset("moved", "name: Moved\nwekinator: {inputs: 2, outputs: 2}\n")
    assert _as_wekinator(PresetFlags(preset="moved")).preset == "moved"
    assert _as_wekinator(PresetFlags(preset=str(own))).preset == str(own)
    chosen = _as_wekinator(PresetFlags(preset="wekinator", volume="-6dB"))
    assert chosen.volume == "-6dB"
    assert str(chosen.preset).endswith("wekinator.yaml")
