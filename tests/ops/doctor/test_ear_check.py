"""What the doctor says of the microphone."""

from __future__ import annotations

import pytest

from gesturesynth.ops.doctor.checks.ear import judge_ear


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
