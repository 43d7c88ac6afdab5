"""A status of each process while everything works; a test names only the fields that it is about.

tracker_status(state="waiting", detail="unplugged")
"""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.process_stats import ProcessStats
from gesturesynth.runtime.readings import Reading

SENT_S: Final = 10.0
"""When each was sent."""
NOW_S: Final = 10.5
"""A time at which they are fresh."""
LIFE: Final = ProcessStats(4.5, 2, "the audio server has gone", "2026-11-23T12:00:00Z", 98.4, 3, 14)
"""Of an engine that was restarted twice and has run for six seconds at `NOW_S`."""

_TRACKER: Final = TrackerStatus(
    time_s=SENT_S,
    pid=1,
    source="demo performer",
    state="live",
    detail="",
    fps=30.0,
    frame_age_s=0.012,
    inference_ms=21.0,
    network="none",
)
_CONDUCTOR: Final = ConductorStatus(
    time_s=SENT_S,
    pid=2,
    preset="Air theremin",
    preset_error="",
    model="linear rbf, 18 examples",
    model_error="",
    training=False,
    present=True,
    confidence=0.9,
    recognised="",
    features=(Reading("right_wrist.height", 0.82, "torso", 0.6),),
    outputs=(Reading("pitch", 440.0, "Hz", 0.5),),
    latency_ms=24.0,
    latency_p99_ms=31.0,
)
_ENGINE: Final = EngineStatus(
    time_s=SENT_S,
    pid=3,
    backend="jack",
    device="system",
    sample_rate=48000.0,
    buffer_frames=256,
    samples=480000,
    level_db=-21.0,
    peak_db=-15.0,
    xruns=0,
    preset="Air theremin",
    detail="",
    life=LIFE,
    channel_names=("left", "right"),
    channel_level_db=(-20.0, -22.0),
    channel_peak_db=(-15.0, -16.0),
)


def tracker_status(**changes: Any) -> TrackerStatus:
    """The demo performer at 30 frames a second, with no person in view."""
    return replace(_TRACKER, **changes)


def conductor_status(**changes: Any) -> ConductorStatus:
    """A preset with a model, and a person who plays it."""
    return replace(_CONDUCTOR, **changes)


def engine_status(**changes: Any) -> EngineStatus:
    """The sound of the preset through JACK."""
    return replace(_ENGINE, **changes)
