"""What is wrong with trackers of other computers, for the assessment of all; and their metrics' values. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.tracker_readings import LOCAL, TrackerReading, TrackerState

_TROUBLE: Final[dict[TrackerState, str]] = {
    "connecting": "does not answer",
    "refused": "does not allow the key of this computer",
    "wrong key": "has another key than the settings say",
    "no frames": "has no frames from its camera",
    "silent": "sends nothing any more",
}


def needs_local(conductor: ConductorStatus | None) -> bool:
    """Whether the tracker of this computer is one that the conductor plays with."""
    if conductor and conductor.by_inputs_alone:
        return False
    return not (conductor and conductor.trackers) or any(one.name == LOCAL for one in conductor.trackers)


def remote_problems(trackers: Sequence[TrackerReading]) -> list[str]:
    """Sentences, where no tracker gives poses: then no person can be seen."""
    return [] if any(one.state == "live" for one in trackers) else _sentences(trackers)


def remote_warnings(trackers: Sequence[TrackerReading]) -> list[str]:
    """Sentences, where another tracker still gives poses."""
    return _sentences(trackers) if any(one.state == "live" for one in trackers) else []


def _sentences(trackers: Sequence[TrackerReading]) -> list[str]:
    return [
        f"the tracker '{one.name}' {_TROUBLE[one.state]}"
        for one in trackers
        if one.state in _TROUBLE and one.name != LOCAL
    ]


def values(
    conductor: ConductorStatus | None, read: Callable[[TrackerReading], float]
) -> list[tuple[tuple[str, ...], float]]:
    """A number of each tracker that has one, by its name."""
    each = ((one.name, read(one)) for one in (conductor.trackers if conductor else ()))
    return [((name,), number) for name, number in each if not math.isnan(number)]
