"""What is told to Prometheus: a table of figures, each with its name, unit and where it comes from. Pure.

Names and units follow Prometheus's conventions: base units (seconds, bytes), `_total` for what only grows. A process
that does not speak is down, and its figures are left out rather than repeated; those that nobody knows are left out,
too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from prometheus_client.metrics_core import Metric

import gesturesynth
from gesturesynth.monitoring.health import Health, Process, frame_age_s
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus

PREFIX: Final = "gesturesynth_"

Kind = Literal["gauge", "counter", "summary"]
Values = Iterable[tuple[tuple[str, ...], float]]
"""Values of the labels, and the number; one for each line."""


@dataclass(frozen=True)
class MetricsSnapshot:
    """All that is known at one moment. A process that does not speak is None.

    Attributes:
        now_s: monotonic seconds.
        health: the judgement.
        tracker, conductor, engine: their newest words, none of them stale.
    """

    now_s: float
    health: Health
    tracker: TrackerStatus | None
    conductor: ConductorStatus | None
    engine: EngineStatus | None


@dataclass(frozen=True)
class MetricSpec:
    """One figure.

    Attributes:
        name: as it is scraped, without `gesturesynth_`.
        kind: `counter` only grows, until its process starts anew.
        help: a sentence.
        read: gives its values now.
        labels: names of its labels.
    """

    name: str
    kind: Kind
    help: str
    read: Callable[[MetricsSnapshot], Values]
    labels: tuple[str, ...] = ()

    def metric(self, snapshot: MetricsSnapshot) -> Metric:
        """Its lines now; without any where nothing is known."""
        name = f"{PREFIX}{self.name}"
        metric = Metric(name.removesuffix("_total") if self.kind == "counter" else name, self.help, self.kind)
        for values, number in self.read(snapshot):
            metric.add_sample(name, dict(zip(self.labels, values, strict=True)), float(number))
        return metric


def collect(snapshot: MetricsSnapshot) -> Iterator[Metric]:
    """Every figure of which something is known."""
    for figure in FIGURES:
        metric = figure.metric(snapshot)
        if metric.samples:
            yield metric


def _always(read: Callable[[MetricsSnapshot], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda look: [((), read(look))]


def _tracker(read: Callable[[TrackerStatus], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda look: [((), read(look.tracker))] if look.tracker else []


def _conductor(read: Callable[[ConductorStatus], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda look: [((), read(look.conductor))] if look.conductor else []


def _engine(read: Callable[[EngineStatus], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda look: [((), read(look.engine))] if look.engine else []


def _each(read: Callable[[Process], float], known: Callable[[Process], object]) -> Callable[[MetricsSnapshot], Values]:
    return lambda look: [((name,), read(one)) for name, one in look.health.processes.items() if known(one)]


def _info(snapshot: MetricsSnapshot) -> Values:
    conductor, tracker, engine = snapshot.conductor, snapshot.tracker, snapshot.engine
    facts = (
        gesturesynth.__version__,
        conductor.preset if conductor else "",
        conductor.model if conductor else "",
        tracker.source if tracker else "",
        engine.backend if engine else "",
        engine.device if engine else "",
    )
    return [(facts, 1.0)]


def _frame_age(snapshot: MetricsSnapshot) -> Values:
    return [((), frame_age_s(snapshot.tracker, snapshot.now_s))] if snapshot.tracker else []


def _latency(snapshot: MetricsSnapshot) -> Values:
    if (
        not snapshot.conductor or snapshot.conductor.latency_ms != snapshot.conductor.latency_ms
    ):  # NaN: there are no frames
        return []
    return [(("0.5",), snapshot.conductor.latency_ms / 1000), (("0.99",), snapshot.conductor.latency_p99_ms / 1000)]


def _takes(snapshot: MetricsSnapshot) -> Values:
    takes = snapshot.conductor.session.takes if snapshot.conductor else {}
    return [((target,), takes[target]) for target in sorted(takes)]


def _xruns(snapshot: MetricsSnapshot) -> Values:
    return [((), snapshot.engine.xruns)] if snapshot.engine and snapshot.engine.xruns >= 0 else []


def _fault_times(snapshot: MetricsSnapshot) -> Values:
    for name, one in snapshot.health.processes.items():
        try:
            yield (name,), datetime.fromisoformat(one.last_fault_time).timestamp()
        except ValueError:
            continue  # there was none


_OF: Final = ("process",)
_HERE: Final = ("ok", "waiting")

FIGURES: Final = (
    MetricSpec(
        "healthy",
        "gauge",
        "1 when somebody who comes is seen and heard, as `status` says.",
        _always(lambda look: look.health.healthy),
    ),
    MetricSpec(
        "problems",
        "gauge",
        "How many problems `gesturesynth status` lists.",
        _always(lambda look: len(look.health.problems)),
    ),
    MetricSpec(
        "warnings",
        "gauge",
        "How many warnings `gesturesynth status` lists: what sees people and can reach the network is one.",
        _always(lambda look: len(look.health.warnings)),
    ),
    MetricSpec(
        "info",
        "gauge",
        "Always 1; its labels say what runs.",
        _info,
        ("version", "preset", "model", "source", "backend", "device"),
    ),
    # Processes
    MetricSpec(
        "process_up", "gauge", "1 while the process speaks.", _each(lambda one: one.state in _HERE, lambda _: True), _OF
    ),
    MetricSpec(
        "process_uptime_seconds",
        "gauge",
        "Since its start.",
        _each(lambda one: one.uptime_s, lambda one: one.uptime_s),
        _OF,
    ),
    MetricSpec(
        "process_restarts_total",
        "counter",
        "How often it was started again, since all was started in order.",
        _each(lambda one: one.restarts, lambda _: True),
        _OF,
    ),
    MetricSpec(
        "process_resident_memory_bytes",
        "gauge",
        "Memory in use.",
        _each(lambda one: one.rss_mb * 1e6, lambda one: one.rss_mb),
        _OF,
    ),
    MetricSpec("process_threads", "gauge", "Threads.", _each(lambda one: one.threads, lambda one: one.threads), _OF),
    MetricSpec("process_open_fds", "gauge", "Open files.", _each(lambda one: one.fds, lambda one: one.fds), _OF),
    MetricSpec(
        "process_last_fault_timestamp_seconds",
        "gauge",
        "When one of its lives last ended badly, Unix time.",
        _fault_times,
        _OF,
    ),
    # What is seen
    MetricSpec("source_live", "gauge", "1 while frames come.", _tracker(lambda word: word.state == "live")),
    MetricSpec("frame_age_seconds", "gauge", "Age of the newest frame; +Inf before the first.", _frame_age),
    MetricSpec(
        "frames_per_second", "gauge", "Poses published a second, over two seconds.", _tracker(lambda word: word.fps)
    ),
    MetricSpec(
        "inference_seconds",
        "gauge",
        "What finding a body in a frame takes, mean over two seconds.",
        _tracker(lambda word: word.inference_ms / 1000),
    ),
    MetricSpec("people", "gauge", "Bodies in the newest frame.", _tracker(lambda word: word.people)),
    MetricSpec(
        "tracker_isolated",
        "gauge",
        "1 when the process that sees has no network.",
        _tracker(lambda word: word.network == "none"),
    ),
    # What is played
    MetricSpec("present", "gauge", "1 while somebody is there.", _conductor(lambda word: word.present)),
    MetricSpec(
        "confidence_ratio",
        "gauge",
        "How near the pose is to what was taught, 0 to 1.",
        _conductor(lambda word: word.confidence),
    ),
    MetricSpec(
        "latency_seconds",
        "summary",
        "From a frame's capture to its parameters' departure, over two seconds.",
        _latency,
        ("quantile",),
    ),
    MetricSpec("takes", "gauge", "Takes of the preset that plays, by what they teach.", _takes, ("target",)),
    MetricSpec("training", "gauge", "1 while a model is fitted.", _conductor(lambda word: word.training)),
    MetricSpec(
        "preset_broken",
        "gauge",
        "1 when the file of the preset has a mistake now.",
        _conductor(lambda word: bool(word.preset_error)),
    ),
    MetricSpec(
        "settings_broken",
        "gauge",
        "1 when the file of settings had a mistake at the start.",
        _conductor(lambda word: bool(word.settings_error)),
    ),
    MetricSpec(
        "model_broken", "gauge", "1 when the last fit has failed.", _conductor(lambda word: bool(word.model_error))
    ),
    MetricSpec("volume_db", "gauge", "The volume that was chosen.", _conductor(lambda word: word.session.volume_db)),
    MetricSpec("muted", "gauge", "1 while somebody has muted it.", _conductor(lambda word: word.session.muted)),
    MetricSpec("panic", "gauge", "1 until a panic is released.", _conductor(lambda word: word.session.panic)),
    # What is heard
    MetricSpec(
        "heard",
        "gauge",
        "0 when it plays to nobody, though that is not what it was asked for.",
        _engine(lambda word: not word.unheard),
    ),
    MetricSpec(
        "level_dbfs", "gauge", "RMS after the master, of a tenth of a second.", _engine(lambda word: word.level_db)
    ),
    MetricSpec("peak_dbfs", "gauge", "Greatest sample, likewise.", _engine(lambda word: word.peak_db)),
    MetricSpec(
        "xruns_total", "counter", "Gaps in the sound since the engine started, where they can be counted.", _xruns
    ),
    MetricSpec(
        "audio_samples_total",
        "counter",
        "The audio clock: it stands still when the device does.",
        _engine(lambda word: word.samples),
    ),
    MetricSpec("sample_rate_hertz", "gauge", "Of the audio device.", _engine(lambda word: word.sample_rate)),
    MetricSpec("buffer_frames", "gauge", "Likewise.", _engine(lambda word: word.buffer_frames)),
)
