"""The last hour: one sample for every ten seconds, made of the statuses of that time. Pure; kept in memory only."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import msgspec

from gesturesynth.monitoring.health import FRESH_S, frame_age_s
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus

SAMPLE_S: Final = 10.0
SAMPLES: Final = 360
"""An hour."""
LATENCY_EDGES_MS: Final = (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0, 150.0, 200.0)
"""Upper edges of the histogram's classes; one more class holds what is above."""
_AGE_LIMIT_S: Final = 3600.0
"""Stands for a frame that never came; JSON has no infinity."""


class Sample(msgspec.Struct, frozen=True):
    """Ten seconds. None where no status told it.

    Attributes:
        time_s: monotonic end of the ten seconds.
        fps: mean of poses a second.
        frame_age_s: the greatest age of the newest frame.
        latency_ms, latency_p99_ms: median and greatest of what the conductor reported.
        xruns: gaps in the sound within these seconds; None where they cannot be counted.
        peak_db: the greatest sample; level_db: the greatest RMS of a tenth of a second, dBFS.
        short_term_lufs: the newest loudness of 3 s.
        rss_mb: resident memory of each process that sent a status, 1e6 bytes.
        restarts: of each process, since the installation was started in order.
    """

    time_s: float
    fps: float | None = None
    frame_age_s: float | None = None
    latency_ms: float | None = None
    latency_p99_ms: float | None = None
    xruns: int | None = None
    peak_db: float | None = None
    level_db: float | None = None
    short_term_lufs: float | None = None
    rss_mb: dict[str, float] = {}
    restarts: dict[str, int] = {}


class HistoryReport(msgspec.Struct, frozen=True):
    """The last hour, for programs that draw it.

    Attributes:
        now_s: monotonic.
        sample_s: the time between two samples.
        samples: the oldest first.
        latency_edges_ms: see LATENCY_EDGES_MS.
        latency_counts: in how many statuses the median latency (of two seconds) lay in each class.
    """

    now_s: float
    sample_s: float
    samples: tuple[Sample, ...]
    latency_edges_ms: tuple[float, ...]
    latency_counts: tuple[int, ...]


class History:
    """A ring of samples. `add` is given the newest statuses as often as they come, at least once a second."""

    def __init__(self) -> None:
        self._samples: deque[tuple[Sample, list[int]]] = deque(maxlen=SAMPLES)
        self._end_s = math.nan
        self._xruns: tuple[int, int] | None = None  # pid of the engine, and its count so far
        self._conductor_s = math.nan
        self._clear()

    def add(
        self,
        tracker: TrackerStatus | None,
        conductor: ConductorStatus | None,
        engine: EngineStatus | None,
        now_s: float,
    ) -> None:
        """Takes the newest statuses; stale ones tell nothing.

        Args:
            tracker: of any age, or None.
            conductor: likewise.
            engine: likewise.
            now_s: monotonic seconds.
        """
        if math.isnan(self._end_s):
            self._end_s = now_s + SAMPLE_S
        if now_s >= self._end_s:
            self._samples.append((self._sample(), self._counts))
            self._clear()
            self._end_s = max(self._end_s + SAMPLE_S, now_s)
        if tracker and now_s - tracker.time_s <= FRESH_S:
            self._fps.append(tracker.fps)
            self._ages.append(min(frame_age_s(tracker, now_s), _AGE_LIMIT_S))
        if conductor and now_s - conductor.time_s <= FRESH_S and conductor.time_s != self._conductor_s:
            self._conductor_s = conductor.time_s
            self._add_latency(conductor)
        if engine and now_s - engine.time_s <= FRESH_S:
            self._engines.append(engine)
            self._count_xruns(engine)
        for name, status in (("tracker", tracker), ("conductor", conductor), ("engine", engine)):
            if status and now_s - status.time_s <= FRESH_S:
                self._rss_mb[name], self._restarts[name] = status.life.rss_mb, status.life.restarts

    def report(self, now_s: float) -> HistoryReport:
        """The last hour."""
        first_s = now_s - SAMPLE_S * SAMPLES
        recent = [(sample, counts) for sample, counts in self._samples if sample.time_s >= first_s]
        totals = [sum(counts[place] for _, counts in recent) for place in range(len(LATENCY_EDGES_MS) + 1)]
        return HistoryReport(now_s, SAMPLE_S, tuple(sample for sample, _ in recent), LATENCY_EDGES_MS, tuple(totals))

    def _clear(self) -> None:
        self._fps: list[float] = []
        self._ages: list[float] = []
        self._latencies: list[tuple[float, float]] = []
        self._counts = [0] * (len(LATENCY_EDGES_MS) + 1)
        self._engines: list[EngineStatus] = []
        self._new_xruns: int | None = None
        self._rss_mb: dict[str, float] = {}
        self._restarts: dict[str, int] = {}

    def _add_latency(self, status: ConductorStatus) -> None:
        median, p99 = status.latency_ms, status.latency_p99_ms
        if math.isfinite(median) and math.isfinite(p99):
            self._latencies.append((median, p99))
            self._counts[sum(median > edge for edge in LATENCY_EDGES_MS)] += 1

    def _count_xruns(self, status: EngineStatus) -> None:
        if status.xruns < 0:
            return
        before = self._xruns[1] if self._xruns and self._xruns[0] == status.pid else 0
        known = self._xruns is not None
        self._xruns = (status.pid, status.xruns)
        # What had been counted before the first status is not of these ten seconds.
        self._new_xruns = (self._new_xruns or 0) + (max(0, status.xruns - before) if known else 0)

    def _sample(self) -> Sample:
        medians = sorted(median for median, _ in self._latencies)
        return Sample(
            time_s=self._end_s,
            fps=round(sum(self._fps) / len(self._fps), 1) if self._fps else None,
            frame_age_s=round(max(self._ages), 3) if self._ages else None,
            latency_ms=medians[len(medians) // 2] if medians else None,
            latency_p99_ms=max(p99 for _, p99 in self._latencies) if medians else None,
            xruns=self._new_xruns,
            peak_db=max(one.peak_db for one in self._engines) if self._engines else None,
            level_db=max(one.level_db for one in self._engines) if self._engines else None,
            short_term_lufs=self._engines[-1].short_term_lufs if self._engines else None,
            rss_mb=self._rss_mb,
            restarts=self._restarts,
        )
