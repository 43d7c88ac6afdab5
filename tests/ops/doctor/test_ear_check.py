"""What the doctor says of the microphone."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.settings.settings import Settings
from gesturesynth.ops.doctor.checks import ear
from gesturesynth.ops.doctor.checks.ear import judge_ear
from gesturesynth.ops.doctor.finding import Examination
from gesturesynth.synthesis.audio import device_probe


@pytest.mark.parametrize(
    ("names", "wanted", "enabled", "grade", "words"),
    [
        ((), "", False, "pass", "stays closed"),
        (("system:capture_1", "USB Mic"), "usb", True, "pass", "open: USB Mic"),
        ((), "", True, "warn", "there is no microphone"),
        (("system:capture_1",), "usb", True, "warn", "there are system:capture_1"),
    ],
)
def test_a_microphone_that_is_asked_for_and_missing_is_said(
    *, names: tuple[str, ...], wanted: str, enabled: bool, grade: str, words: str
) -> None:
    finding = judge_ear(names, wanted, enabled=enabled)
    assert finding.grade == grade
    assert words in finding.found


@pytest.mark.parametrize(
    ("backend", "words"), [("auto", "the JACK server has no inputs"), ("portaudio", "open: USB Mic")]
)
def test_the_engine_listens_where_it_plays(monkeypatch: pytest.MonkeyPatch, backend: str, words: str) -> None:
    """The report of the probe is a FAKE: no computer of the tests has both."""
    found = {"jack": {"capture": []}, "portaudio_inputs": [{"name": "USB Mic"}]}
    monkeypatch.setattr(device_probe, "probe", lambda *_: found)
    chosen = Settings.model_validate({"ear": {"enabled": True}, "audio": {"backend": backend}})
    assert words in ear.check_ear(Examination(chosen, Path("/run/nowhere"))).found
