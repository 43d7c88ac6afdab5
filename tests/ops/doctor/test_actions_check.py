"""What the doctor says of actions."""

from __future__ import annotations

import pytest

from gesturesynth.ops.doctor.checks.actions import judge_actions


@pytest.mark.parametrize(
    ("enabled", "keys", "device", "outcome", "words"),
    [
        (False, 3, "missing", "pass", "switched off"),
        (True, 1, "ok", "pass", "2 web addresses and 1 keys"),
        (True, 0, "missing", "pass", "0 keys"),
        (True, 1, "missing", "warn", "modprobe uinput"),
        (True, 1, "closed", "warn", "closed to you"),
        (True, 1, "linux", "warn", "on Linux only"),
    ],
)
def test_keys_that_are_allowed_and_cannot_be_pressed_are_said(
    *, enabled: bool, keys: int, device: str, outcome: str, words: str
) -> None:
    finding = judge_actions(enabled=enabled, addresses=2, keys=keys, device=device)
    assert finding.grade == outcome
    assert words in f"{finding.found} {finding.advice}"
