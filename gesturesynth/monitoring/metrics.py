"""Metrics for Prometheus: a table, each with its name, its unit and how it is read from the statuses. Pure.

Names and units follow Prometheus's conventions: base units (seconds, bytes), `_total` for what only grows. A process
that sends no status is down, and its metrics are left out rather than repeated; values that are not known are left out,
too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from prometheus_client.metrics_core import Metric

import gesturesynth
from gesturesynth.monitoring.health import Process, frame_age_s
from gesturesynth.monitoring.metric_spec import MetricSpec, MetricsSnapshot, Values
from gesturesynth.monitoring.remote_trackers import values
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.tracker_readings import TrackerReading


def collect(snapshot: MetricsSnapshot) -> Iterator[Metric]:
    """Every metric of which a value is known."""
    for spec in METRICS:
        metric = spec.metric(snapshot)
        if metric.samples:
            yield metric


def _always(read: Callable[[MetricsSnapshot], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda snapshot: [((), read(snapshot))]


def _tracker(read: Callable[[TrackerStatus], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda snapshot: [((), read(snapshot.tracker))] if snapshot.tracker else []


def _conductor(read: Callable[[ConductorStatus], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda snapshot: [((), read(snapshot.conductor))] if snapshot.conductor else []


def _engine(read: Callable[[EngineStatus], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda snapshot: [((), read(snapshot.engine))] if snapshot.engine else []


def _channels(read: Callable[[EngineStatus], tuple[float, ...]]) -> Callable[[MetricsSnapshot], Values]:
    def values(snapshot: MetricsSnapshot) -> Values:
        engine = snapshot.engine
        if not engine:
            return []
        each = zip(engine.channel_names, read(engine), strict=False)
        return [((str(number), name), level) for number, (name, level) in enumerate(each, 1)]

    return values


def _each(read: Callable[[Process], float], known: Callable[[Process], object]) -> Callable[[MetricsSnapshot], Values]:
    return lambda snapshot: [((name,), read(one)) for name, one in snapshot.health.processes.items() if known(one)]


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


def _trackers(read: Callable[[TrackerReading], float]) -> Callable[[MetricsSnapshot], Values]:
    return lambda snapshot: values(snapshot.conductor, read)


_TRACKER_LABEL: Final = ("tracker",)
_PROCESS_LABEL: Final = ("process",)
_RUNNING_STATES: Final = ("ok", "waiting")

METRICS: Final = (
    MetricSpec(
        "healthy",
        "gauge",
        "1 when `gesturesynth status` finds no problem: a person in view is seen and heard.",
        _always(lambda snapshot: snapshot.health.healthy),
    ),
    MetricSpec(
        "problems",
        "gauge",
        "How many problems `gesturesynth status` lists.",
        _always(lambda snapshot: len(snapshot.health.problems)),
    ),
    MetricSpec(
        "warnings",
        "gauge",
        "How many warnings `gesturesynth status` lists, such as a tracker that can reach the network.",
        _always(lambda snapshot: len(snapshot.health.warnings)),
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
        "process_up",
        "gauge",
        "1 while the process sends its status.",
        _each(lambda one: one.state in _RUNNING_STATES, lambda _: True),
        _PROCESS_LABEL,
    ),
    MetricSpec(
        "process_uptime_seconds",
        "gauge",
        "Since its start.",
        _each(lambda one: one.uptime_s, lambda one: one.uptime_s),
        _PROCESS_LABEL,
    ),
    MetricSpec(
        "process_restarts_total",
        "counter",
        "How often it was restarted since the whole program was started.",
        _each(lambda one: one.restarts, lambda _: True),
        _PROCESS_LABEL,
    ),
    MetricSpec(
        "process_resident_memory_bytes",
        "gauge",
        "Memory in use.",
        _each(lambda one: one.rss_mb * 1e6, lambda one: one.rss_mb),
        _PROCESS_LABEL,
    ),
    MetricSpec(
        "process_threads", "gauge", "Threads.", _each(lambda one: one.threads, lambda one: one.threads), _PROCESS_LABEL
    ),
    MetricSpec(
        "process_open_fds", "gauge", "Open files.", _each(lambda one: one.fds, lambda one: one.fds), _PROCESS_LABEL
    ),
    MetricSpec(
        "process_last_fault_timestamp_seconds",
        "gauge",
        "When it last ended because of a fault, Unix time.",
        _fault_times,
        _PROCESS_LABEL,
    ),
    # Tracking
    MetricSpec("source_live", "gauge", "1 while frames come.", _tracker(lambda status: status.state == "live")),
    MetricSpec("frame_age_seconds", "gauge", "Age of the newest frame; +Inf before the first.", _frame_age),
    MetricSpec(
        "frames_per_second", "gauge", "Poses published a second, over two seconds.", _tracker(lambda status: status.fps)
    ),
    MetricSpec(
        "inference_seconds",
        "gauge",
        "What finding a body in a frame takes, mean over two seconds.",
        _tracker(lambda status: status.inference_ms / 1000),
    ),
    MetricSpec("people", "gauge", "Bodies in the newest frame.", _tracker(lambda status: status.people)),
    MetricSpec(
        "view_faults_total",
        "counter",
        "How often a person could not be seen well, by reason: small, cut-left, dark, blurred, backlit ...",
        lambda now: [((code,), count) for code, count in now.tracker.view.counts.items()] if now.tracker else [],
        ("reason",),
    ),
    MetricSpec(
        "tracker_isolated",
        "gauge",
        "1 when the tracker has no network.",
        _tracker(lambda status: status.network == "none"),
    ),
    MetricSpec(
        "tracker_live",
        "gauge",
        "1 while poses come; of each tracker, where there are others than that of this computer.",
        _trackers(lambda one: one.state == "live"),
        _TRACKER_LABEL,
    ),
    MetricSpec("tracker_used", "gauge", "1 while its poses are used.", _trackers(lambda one: one.used), _TRACKER_LABEL),
    MetricSpec(
        "tracker_pose_age_seconds",
        "gauge",
        "Age of its newest pose, by the clock of this computer.",
        _trackers(lambda one: one.age_ms / 1000),
        _TRACKER_LABEL,
    ),
    MetricSpec(
        "tracker_clock_offset_seconds",
        "gauge",
        "Its monotonic clock minus this computer's.",
        _trackers(lambda one: one.offset_ms / 1000),
        _TRACKER_LABEL,
    ),
    MetricSpec(
        "tracker_round_trip_seconds",
        "gauge",
        "The shortest of late.",
        _trackers(lambda one: one.round_trip_ms / 1000),
        _TRACKER_LABEL,
    ),
    MetricSpec(
        "tracker_dropped_total",
        "counter",
        "Messages of it that were not used.",
        _trackers(lambda one: sum(one.dropped.values())),
        _TRACKER_LABEL,
    ),
    # Playing
    MetricSpec("present", "gauge", "1 while a person is in view.", _conductor(lambda status: status.present)),
    MetricSpec(
        "voices",
        "gauge",
        "Voices that a person in view plays; 0 where a preset has no voices for several.",
        _conductor(lambda status: sum(voice.present for voice in status.voices)),
    ),
    MetricSpec(
        "confidence_ratio",
        "gauge",
        "How near the pose is to the examples, 0 to 1.",
        _conductor(lambda status: status.confidence),
    ),
    MetricSpec(
        "latency_seconds",
        "summary",
        "From a frame's capture to the sending of its parameters, over two seconds.",
        _latency,
        ("quantile",),
    ),
    MetricSpec("predict_seconds", "gauge", "How far the body is carried.", _conductor(lambda it: it.predict_ms / 1e3)),
    MetricSpec("takes", "gauge", "Takes of the preset that plays, by target.", _takes, ("target",)),
    MetricSpec("training", "gauge", "1 while a model is fitted.", _conductor(lambda status: status.training)),
    MetricSpec(
        "preset_broken",
        "gauge",
        "1 when the file of the preset has a mistake now.",
        _conductor(lambda status: bool(status.preset_error)),
    ),
    MetricSpec(
        "settings_broken",
        "gauge",
        "1 when the settings file had a mistake at the start.",
        _conductor(lambda status: bool(status.settings_error)),
    ),
    MetricSpec(
        "model_broken", "gauge", "1 when the last fit has failed.", _conductor(lambda status: bool(status.model_error))
    ),
    MetricSpec(
        "volume_db", "gauge", "The volume that was chosen.", _conductor(lambda status: status.session.volume_db)
    ),
    MetricSpec(
        "muted", "gauge", "1 while the sound is muted by command.", _conductor(lambda status: status.session.muted)
    ),
    MetricSpec("panic", "gauge", "1 until a panic is released.", _conductor(lambda status: status.session.panic)),
    # Sound
    MetricSpec(
        "heard",
        "gauge",
        "0 when there is no audio device, though one was asked for.",
        _engine(lambda status: not status.unheard),
    ),
    MetricSpec(
        "level_dbfs", "gauge", "RMS after the master, of a tenth of a second.", _engine(lambda status: status.level_db)
    ),
    MetricSpec("peak_dbfs", "gauge", "Greatest sample, likewise.", _engine(lambda status: status.peak_db)),
    MetricSpec(
        "channel_level_dbfs",
        "gauge",
        "Level of each channel after the master.",
        _channels(lambda status: status.channel_level_db),
        ("channel", "speaker"),
    ),
    MetricSpec(
        "channel_peak_dbfs",
        "gauge",
        "Greatest sample of each channel, likewise.",
        _channels(lambda status: status.channel_peak_db),
        ("channel", "speaker"),
    ),
    MetricSpec(
        "true_peak_dbtp",
        "gauge",
        "Greatest point at or between samples, likewise.",
        _engine(lambda status: status.true_peak_db),
    ),
    MetricSpec(
        "loudness_momentary_lufs",
        "gauge",
        "Loudness after the master (ITU-R BS.1770), of 0.4 s.",
        _engine(lambda status: status.momentary_lufs),
    ),
    MetricSpec(
        "loudness_guard_db",
        "gauge",
        "Gain of the loudness guard, at most 0.",
        _engine(lambda status: status.guard_db),
    ),
    MetricSpec(
        "loudness_short_term_lufs",
        "gauge",
        "Likewise, of 3 s.",
        _engine(lambda status: status.short_term_lufs),
    ),
    MetricSpec(
        "xruns_total", "counter", "Gaps in the sound since the engine started, where they can be counted.", _xruns
    ),
    MetricSpec(
        "audio_samples_total",
        "counter",
        "The audio clock: it stands still when the device does.",
        _engine(lambda status: status.samples),
    ),
    MetricSpec("sample_rate_hertz", "gauge", "Of the audio device.", _engine(lambda status: status.sample_rate)),
    MetricSpec("buffer_frames", "gauge", "Likewise.", _engine(lambda status: status.buffer_frames)),
)
