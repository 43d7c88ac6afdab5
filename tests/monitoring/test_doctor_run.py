"""The doctor's report for programs: a real run, one at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.monitoring.doctor_run import DoctorRun


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
