"""The lines of the live view about trackers of other computers."""

from __future__ import annotations

from rich.text import Text

from gesturesynth.monitoring.remote_trackers import needs_local
from gesturesynth.runtime.messages import ConductorStatus, TrackerStatus
from gesturesynth.runtime.tracker_readings import LOCAL


def other_trackers(conductor: ConductorStatus | None) -> list[tuple[str, Text]]:
    """The name and the state of each tracker of another computer."""
    others = [one for one in conductor.trackers if one.name != LOCAL] if conductor else []
    return [(one.name, Text(one.text, style="" if one.state == "live" else "yellow")) for one in others]


def shows_own(tracker: TrackerStatus | None, conductor: ConductorStatus | None) -> bool:
    """Whether there is something to say about the tracker of this computer."""
    return tracker is not None or needs_local(conductor)
