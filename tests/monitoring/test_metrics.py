"""Metrics: what each says, and what is left out."""

from __future__ import annotations

import math
import re

import pytest

import gesturesynth
from gesturesynth.monitoring.health import assess
from gesturesynth.monitoring.metric_spec import PREFIX, MetricsSnapshot
from gesturesynth.monitoring.metrics import METRICS, collect
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.process_stats import ProcessStats
from gesturesynth.runtime.session_state import SessionState
from gesturesynth.runtime.tracker_readings import TrackerReading
from gesturesynth.runtime.view_reading import ViewReading
from tests.support.statuses import NOW_S, conductor_status, engine_status, tracker_status

TRACKER, CONDUCTOR, ENGINE = tracker_status(), conductor_status(), engine_status()


def scraped(
    tracker: TrackerStatus | None = TRACKER,
    conductor: ConductorStatus | None = CONDUCTOR,
    engine: EngineStatus | None = ENGINE,
) -> dict[str, dict[tuple[str, ...], float]]:
    """What is scraped: name without prefix -> values of the labels -> number."""
    snapshot = MetricsSnapshot(NOW_S, assess(tracker, conductor, engine, NOW_S), tracker, conductor, engine)
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for metric in collect(snapshot):
        for sample in metric.samples:
            found.setdefault(sample.name.removeprefix(PREFIX), {})[tuple(sample.labels.values())] = sample.value
    return found


def test_every_known_value_is_exported_in_base_units() -> None:
    life = ProcessStats(4.5, 2, "x", "2026-11-23T12:00:00Z", 98.4, 3, 14)
    conductor = conductor_status(
        latency_ms=3.0,
        latency_p99_ms=8.0,
        predict_ms=35.0,
        session=SessionState(takes={"1": 2, "wave": 1}, volume_db=-6.0, muted=True),
        life=life,
        trackers=(TrackerReading("hall", "hall", "live", True, 1, 30.0, 42.0, -7.0, 1.0, 3.0, {"stale": 2}),),
    )
    view = ViewReading(counts={"small": 2, "cut-left": 1})
    metrics = scraped(tracker_status(frame_age_s=0.25, people=1, inference_ms=21.0, view=view), conductor)
    assert metrics["view_faults_total"] == {("small",): 2.0, ("cut-left",): 1.0}
    assert metrics["healthy"] == {(): 1.0}
    assert metrics["latency_seconds"] == {("0.5",): 0.003, ("0.99",): 0.008}
    assert metrics["predict_seconds"] == {(): 0.035}
    assert metrics["takes"] == {("1",): 2.0, ("wave",): 1.0}
    assert metrics["inference_seconds"] == {(): pytest.approx(0.021)}
    assert metrics["frame_age_seconds"] == {(): pytest.approx(0.25 + NOW_S - TRACKER.time_s)}
    assert metrics["process_restarts_total"][("conductor",)] == 2.0
    assert metrics["process_resident_memory_bytes"][("conductor",)] == pytest.approx(98.4e6)
    assert metrics["process_last_fault_timestamp_seconds"][("conductor",)] == 1795435200.0
    assert (metrics["volume_db"], metrics["muted"], metrics["panic"]) == ({(): -6.0}, {(): 1.0}, {(): 0.0})
    assert metrics["channel_level_dbfs"] == {("1", "left"): -20.0, ("2", "right"): -22.0}
    assert metrics["tracker_pose_age_seconds"] == {("hall",): 0.042}
    assert metrics["tracker_dropped_total"] == {("hall",): 2.0}
    (labels,) = metrics["info"]
    assert labels[0] == gesturesynth.__version__
    assert labels[1:] == (
        CONDUCTOR.preset,
        CONDUCTOR.model,
        TRACKER.source,
        ENGINE.backend,
        ENGINE.device,
    )
    assert {spec.name for spec in METRICS} == set(metrics), "every metric has a value here"


def test_a_process_that_sends_no_status_is_down_and_its_metrics_are_left_out() -> None:
    metrics = scraped(tracker=None)
    assert metrics["healthy"] == {(): 0.0}
    assert metrics["process_up"] == {("tracker",): 0.0, ("conductor",): 1.0, ("engine",): 1.0}
    assert "frame_age_seconds" not in metrics
    assert "level_dbfs" in metrics
    assert "level_dbfs" not in scraped(engine=None)
    assert "takes" not in scraped(conductor=None)


def test_what_is_not_known_is_left_out() -> None:
    assert "xruns_total" not in scraped(engine=engine_status(xruns=-1))
    assert "latency_seconds" not in scraped(conductor=conductor_status(latency_ms=math.nan))
    assert "process_last_fault_timestamp_seconds" not in scraped(engine=engine_status(life=ProcessStats()))


def test_a_source_without_a_frame_yet_is_infinitely_late() -> None:
    assert scraped(tracker_status(frame_age_s=math.inf))["frame_age_seconds"] == {(): math.inf}


def test_names_follow_the_conventions() -> None:
    assert len({spec.name for spec in METRICS}) == len(METRICS)
    for spec in METRICS:
        assert re.fullmatch(r"[a-z_]+", spec.name)
        assert not re.search(r"_(ms|mb|s)$", spec.name), "base units"
        assert spec.name.endswith("_total") == (spec.kind == "counter")
        assert spec.help.endswith(".")
