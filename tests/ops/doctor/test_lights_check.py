"""What the doctor says of lamps."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.settings.settings import Settings, loads
from gesturesynth.light.protocols import LightSettings
from gesturesynth.ops.doctor.checks import service
from gesturesynth.ops.doctor.checks.lights import check_lights, judge_lights
from gesturesynth.ops.doctor.finding import Examination


@pytest.mark.parametrize(
    ("enabled", "flashes", "way", "grade", "words"),
    [
        (False, 20, "Network is unreachable", "pass", "switched off"),
        (True, 3, "", "pass", "sACN to 10.0.0.9, port 5568"),
        (True, 3, "Network is unreachable", "warn", "no way to 10.0.0.9: Network is unreachable"),
        (True, 8, "", "warn", "may flash 8 times in a second"),
    ],
)
def test_what_is_said(*, enabled: bool, flashes: int, way: str, grade: str, words: str) -> None:
    settings = LightSettings(address="10.0.0.9", flashes=flashes)
    finding = judge_lights(settings, {"10.0.0.9": way}, enabled=enabled)
    assert finding.grade == grade
    assert words in f"{finding.found} {finding.advice}"


def test_the_system_is_asked_for_a_way(tmp_path: Path) -> None:
    assert "switched off" in check_lights(Examination(Settings(), tmp_path)).found
    here = loads(b"light: {enabled: true}\n", Path("g.yaml"))
    assert "no packet leaves this computer" in check_lights(Examination(here, tmp_path)).found
    nowhere = loads(b"light: {enabled: true, address: 203.0.113.7}\n", Path("g.yaml"))
    finding = check_lights(Examination(nowhere, tmp_path))
    assert (finding.grade, "no way to 203.0.113.7" in finding.found) == ("warn", True)


def test_the_service_is_in_order_without_lamps_unless_they_were_asked_for() -> None:
    target = service.Unit("target", loaded=True, active="active", enabled="enabled")
    off = service.Unit("light", loaded=True, active="inactive")
    failed = service.Unit("light", loaded=True, active="failed", enabled="enabled")
    assert service.judge_service([target, off]).grade == "pass"
    finding = service.judge_service([target, failed])
    assert (finding.grade, "not running: light (failed)" in finding.found) == ("fail", True)
