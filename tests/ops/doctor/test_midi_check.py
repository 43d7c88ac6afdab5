"""The doctor's check of MIDI."""

from __future__ import annotations

import os

import pytest

from gesturesynth.config.settings.midi import MidiSection
from gesturesynth.ops.doctor.checks.midi import judge_midi
from gesturesynth.ops.doctor.probes.subprocess_report import run_probe

PORTS = {"outputs": ["Moog Sub 37 24:0"], "inputs": []}


@pytest.mark.parametrize(
    ("keys", "facts", "ended", "grade", "text"),
    [
        ({}, PORTS, "", "pass", "output: a port of its own"),
        ({"output": "sub 37"}, PORTS, "", "pass", "output: Moog Sub 37 24:0"),
        ({"output": "korg"}, PORTS, "", "warn", "there is no output 'korg'; ports are: 'Moog Sub 37 24:0'"),
        ({"output": "", "input": "keys"}, PORTS, "", "warn", "there is no input 'keys'; ports are: none"),
        ({"output": ""}, PORTS, "", "pass", "no port is asked for"),
        ({}, {"error": "no JACK server runs"}, "", "fail", "there is no MIDI: no JACK server runs"),
        ({}, {}, "did not answer within 10 s", "fail", "rtmidi2 did not list the ports: did not answer"),
    ],
)
def test_what_is_missing_is_said(
    keys: dict[str, str], facts: dict[str, object], ended: str, grade: str, text: str
) -> None:
    finding = judge_midi(MidiSection(enabled=True, **keys), facts, ended)  # type: ignore[arg-type]
    assert finding.grade == grade
    assert text in finding.found


def test_the_probe_says_that_there_is_no_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "JACK_DEFAULT_SERVER", "gesturesynth-none")
    report = run_probe("gesturesynth.ops.doctor.probes.midi", ["jack"], 20.0)
    assert (report.facts, report.ended) == ({"error": "no JACK server runs"}, "")
