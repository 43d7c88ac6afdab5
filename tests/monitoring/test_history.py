"""The last hour as samples: what they hold, how many there are, and what a process that is gone leaves."""

from __future__ import annotations

import math

import msgspec
import pytest
from msgspec.structs import replace

from gesturesynth.monitoring.history import LATENCY_EDGES_MS, SAMPLE_S, SAMPLES, History
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from tests.support.statuses import conductor_status, engine_status, tracker_status


def statuses(now_s: float, **engine: float) -> tuple[TrackerStatus, ConductorStatus, EngineStatus]:
    return (
        tracker_status(time_s=now_s),
        conductor_status(time_s=now_s),
        replace(engine_status(time_s=now_s), **engine),
    )


def run(history: History, seconds: float, begin_s: float = 100.0, **engine: float) -> float:
    now_s = begin_s
    while now_s < begin_s + seconds:
        history.add(*statuses(now_s, **engine), now_s)
        now_s += 0.5
    return now_s


def test_ten_seconds_become_one_sample() -> None:
    history = History()
    now_s = run(history, 10.5)
    (sample,) = history.report(now_s).samples
    assert sample.time_s == 110.0
    assert sample.fps == 30.0
    assert sample.frame_age_s == 0.012
    assert (sample.latency_ms, sample.latency_p99_ms) == (24.0, 31.0)
    assert (sample.peak_db, sample.level_db) == (-15.0, -21.0)
    assert sample.xruns == 0
    assert {*sample.rss_mb} == {*sample.restarts} == {"tracker", "conductor", "engine"}
    report = history.report(now_s)
    assert sum(report.latency_counts) == 20
    assert report.latency_counts[[edge >= 24.0 for edge in LATENCY_EDGES_MS].index(True)] == 20
    msgspec.json.decode(msgspec.json.encode(report))


def test_the_ring_holds_an_hour_and_no_more() -> None:
    history = History()
    now_s = 0.0
    for _ in range(SAMPLES + 50):
        history.add(*statuses(now_s), now_s)
        now_s += SAMPLE_S
    samples = history.report(now_s).samples
    assert len(samples) in (SAMPLES - 1, SAMPLES)
    assert samples[-1].time_s - samples[0].time_s <= SAMPLE_S * SAMPLES
    assert not history.report(now_s + 3601.0).samples


def test_xruns_are_those_of_the_ten_seconds_also_when_the_engine_is_started_again() -> None:
    history = History()
    now_s = run(history, 10.0, xruns=7, pid=3)
    now_s = run(history, 10.0, now_s, xruns=9, pid=3)
    now_s = run(history, 10.0, now_s, xruns=4, pid=5)
    now_s = run(history, 10.5, now_s, xruns=-1, pid=6)
    assert [sample.xruns for sample in history.report(now_s).samples] == [0, 2, 4, None]


def test_a_process_that_says_nothing_leaves_gaps_and_no_old_values() -> None:
    history = History()
    now_s = run(history, 10.0)
    stale = statuses(now_s)
    for step in range(1, 45):
        history.add(stale[0], stale[1], None, now_s + step * 0.5)
    first, second, third = history.report(now_s + 22.0).samples
    assert second.latency_ms == first.latency_ms
    assert second.peak_db is second.xruns is None
    assert third.fps is third.frame_age_s is third.latency_ms is None
    assert third.rss_mb == {}


def test_values_that_are_not_finite_do_not_get_in() -> None:
    history = History()
    for step in range(25):
        now_s = 100.0 + step * 0.5
        history.add(
            tracker_status(time_s=now_s, frame_age_s=math.inf),
            conductor_status(time_s=now_s, latency_ms=math.nan, latency_p99_ms=math.nan),
            None,
            now_s,
        )
    (sample,) = history.report(now_s).samples
    assert sample.latency_ms is None
    assert sample.frame_age_s == pytest.approx(3600.0)
