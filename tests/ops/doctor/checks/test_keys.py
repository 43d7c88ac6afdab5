"""The check of keys, on the files themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.settings.settings import Settings
from gesturesynth.ops.doctor.checks import keys
from gesturesynth.ops.doctor.finding import Examination

EXAMINATION = Examination(Settings(), Path("/run/nowhere"))


def test_keys_of_the_service_are_examined_by_root_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesturesynth.core.paths.SYSTEM_CONFIG", tmp_path)
    (tmp_path / "keys").mkdir(mode=0o700)
    monkeypatch.setattr("os.geteuid", lambda: 1000)  # a fake: tests may run as root
    found = keys.check_keys(EXAMINATION)
    assert (found.grade, "sudo gesturesynth doctor" in found.advice) == ("warn", True)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert keys.check_keys(EXAMINATION).grade == "pass"
