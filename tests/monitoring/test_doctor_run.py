"""The doctor's report for programs: a real run, one at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.monitoring.doctor_run import WITHOUT_DEVICES, DoctorRun

pytestmark = pytest.mark.slow("whole processes")


def test_a_run_gives_the_checks_with_their_advice_and_a_second_one_is_refused_meanwhile() -> None:
    doctor = DoctorRun()
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(doctor.run)
        refused = 0
        while not running.done():
            try:
                doctor.run()
            except GestureSynthError as error:
                refused += "running already" in str(error)
            time.sleep(0.05)
        report = running.result()
    assert refused
    assert {"python", "libraries"} <= {check["check"] for check in report["checks"]}
    assert all({"grade", "found", "advice"} <= {*check} for check in report["checks"])
    assert report["grade"] in {"pass", "note", "warn", "fail"}


def test_settings_that_are_not_there_are_a_failed_check(tmp_path: Path) -> None:
    report = DoctorRun(tmp_path / "missing.yaml").run()
    assert report["grade"] == "fail"
    assert any("missing.yaml" in check["found"] and check["grade"] == "fail" for check in report["checks"])


def test_a_service_runs_only_the_checks_that_are_right_in_its_sandbox() -> None:
    report = DoctorRun(checks=WITHOUT_DEVICES).run()
    assert [check["check"] for check in report["checks"]] == [*WITHOUT_DEVICES]


def test_a_run_is_ended_when_its_process_ends() -> None:
    doctor = DoctorRun()
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(doctor.run)
        while not running.done():
            doctor.stop()
            time.sleep(0.05)
        with pytest.raises(GestureSynthError, match="no report"):
            running.result()
