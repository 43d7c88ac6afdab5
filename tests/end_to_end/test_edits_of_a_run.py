"""Edits and requests as a program sends them to a real run, over the command socket, and across a crash."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import msgspec

from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.core import paths
from gesturesynth.runtime.map_reports import MapReport
from gesturesynth.runtime.messages import ConductorStatus, Sound
from gesturesynth.runtime.preset_reports import PresetTextReport, TextCheckReport
from tests.support.app_process import AppProcess


def ask(runtime: Path, name: str, *values: object) -> str:
    """Sends a command or a request, which must be done; the sentence or the report."""
    with CommandClient(folder=runtime) as client:
        answer = client.ask(call(name, values, COMMAND_LINE), 20.0)
    assert answer.ok, answer.text
    return answer.report or answer.text


def until_glide(running: AppProcess, seconds: float) -> None:
    running.until(Sound, lambda sound: seconds in sound.scene.glides_s, f"a glide of {seconds} s to be sent")


def test_an_edit_is_heard_lost_in_a_crash_and_then_kept_as_a_preset_of_ones_own() -> None:
    shipped = paths.presets_dir() / "theremin.yaml"
    before = shipped.read_bytes()
    with AppProcess("--source", "demo", "--audio", "null", "--preset", "theremin") as running:
        running.wait_until_playing()
        ask(running.runtime, "change", "outputs.pitch.glide", "1.25 s")
        until_glide(running, 1.25)
        wrong = shipped.read_text(encoding="utf-8").replace("outputs:", "outptus:")
        check = msgspec.json.decode(ask(running.runtime, "check-text", wrong), type=TextCheckReport)
        assert any("did you mean 'outputs'" in problem.message for problem in check.problems)
        assert len(msgspec.json.decode(ask(running.runtime, "map"), type=MapReport).x) > 50
        assert "outputs" in json.loads(ask(running.runtime, "preset-schema"))["properties"]

        conductor = running.pids()["conductor"]
        os.kill(conductor, signal.SIGKILL)
        lost = running.until(
            ConductorStatus, lambda status: status.pid != conductor and bool(status.edit.note), "the note"
        )
        assert not lost.edit.edited
        left = running.runtime / "conductor" / "not-kept.yaml"
        assert str(left) in lost.edit.note
        report = msgspec.json.decode(ask(running.runtime, "preset-text"), type=PresetTextReport)
        assert (report.text, report.edited, report.shipped) == (before.decode(), False, True)

        ask(running.runtime, "try", left.read_text(encoding="utf-8"))
        until_glide(running, 1.25)
        own = running.home / "config" / "presets" / "theremin.yaml"
        assert str(own) in ask(running.runtime, "keep")
        running.until(ConductorStatus, lambda status: not status.edit.edited, "the edit to be kept")
        old, new = before.decode().splitlines(), own.read_text(encoding="utf-8").splitlines()
        assert [line for line in new if line not in old] == [line for line in new if "glide: 1.25 s" in line]
        assert len(new) == len(old)
        assert shipped.read_bytes() == before
        assert running.stop() == 0
