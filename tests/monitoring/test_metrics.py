"""Figures for monitoring: what each says, and what is left out."""

from __future__ import annotations

import math
import re

import pytest

import gesturesynth
from gesturesynth.monitoring.health import assess
from gesturesynth.monitoring.metrics import FIGURES, PREFIX, MetricsSnapshot, collect
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, ProcessStats, SessionState, TrackerStatus
from tests.support.statuses import NOW_S, conductor_status, engine_status, tracker_status

TRACKER, CONDUCTOR, ENGINE = tracker_status(), conductor_status(), engine_status()


def told(
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


def test_all_that_is_known_is_told_in_base_units() -> None:
    life = ProcessStats(4.5, 2, "x", "2026-11-23T12:00:00Z", 98.4, 3, 14)
    conductor = conductor_status(
        latency_ms=3.0,
        latency_p99_ms=8.0,
        session=SessionState(takes={"1": 2, "wave": 1}, volume_db=-6.0, muted=True),
        life=life,
    )
    figures = told(tracker_status(frame_age_s=0.25, people=1, inference_ms=21.0), conductor)
    assert figures["healthy"] == {(): 1.0}
    assert figures["latency_seconds"] == {("0.5",): 0.003, ("0.99",): 0.008}
    assert figures["takes"] == {("1",): 2.0, ("wave",): 1.0}
    assert figures["inference_seconds"] == {(): pytest.approx(0.021)}
    assert figures["frame_age_seconds"] == {(): pytest.approx(0.25 + NOW_S - TRACKER.time_s)}
    assert figures["process_restarts_total"][("conductor",)] == 2.0
    assert figures["process_resident_memory_bytes"][("conductor",)] == pytest.approx(98.4e6)
    assert figures["process_last_fault_timestamp_seconds"][("conductor",)] == 1795435200.0
    assert (figures["volume_db"], figures["muted"], figures["panic"]) == ({(): -6.0}, {(): 1.0}, {(): 0.0})
    (labels,) = figures["info"]
    assert labels[0] == gesturesynth.__version__
    assert labels[1:] == (
        CONDUCTOR.preset,
        CONDUCTOR.model,
        TRACKER.source,
        ENGINE.backend,
        ENGINE.device,
    )
    assert {figure.name for figure in FIGURES} == set(figures), "all that there is can be told"


def test_a_process_that_does_not_speak_is_down_and_its_figures_are_left_out() -> None:
    figures = told(tracker=None)
    assert figures["healthy"] == {(): 0.0}
    assert figures["process_up"] == {("tracker",): 0.0, ("conductor",): 1.0, ("engine",): 1.0}
    assert "frame_age_seconds" not in figures
    assert "level_dbfs" in figures
    assert "level_dbfs" not in told(engine=None)
    assert "takes" not in told(conductor=None)


def test_what_nobody_knows_is_left_out() -> None:
    assert "xruns_total" not in told(engine=engine_status(xruns=-1))
    assert "latency_seconds" not in told(conductor=conductor_status(latency_ms=math.nan))
    assert "process_last_fault_timestamp_seconds" not in told(engine=engine_status(life=ProcessStats()))


def test_a_source_without_a_frame_yet_is_infinitely_late() -> None:
    assert told(tracker_status(frame_age_s=math.inf))["frame_age_seconds"] == {(): math.inf}


def test_names_follow_the_conventions() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        assert re.fullmatch(r"[a-z_]+", figure.name)
        assert not re.search(r"_(ms|mb|s)$", figure.name), "base units"
        assert figure.name.endswith("_total") == (figure.kind == "counter")
        assert figure.help.endswith(".")
