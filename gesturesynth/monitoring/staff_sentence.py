"""For staff without training: one sentence that says whether all is well, and what to do if not. Pure.

The reasons are those of `health.assess`, so both always agree on whether something is wrong; what to do about each is
here. Messages of files are for the artist, not for staff: they are not repeated.
"""

from __future__ import annotations

from typing import Final

import msgspec

from gesturesynth.monitoring.health import FRESH_S, Health, frame_age_s
from gesturesynth.monitoring.remote_trackers import remote_problems
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus

STARTS_BY_ITSELF: Final = (
    "A part of the program does not answer; it is started again by itself. If this stays for two minutes, switch the "
    "computer off and on again, and tell the person who looks after the work."
)
CAMERA: Final = (
    "The camera gives no pictures, so no person is seen. Check that its cable is plugged in and its lens is not "
    "covered; it is found again by itself."
)
REMOTE: Final = (
    "No poses come from the camera of another computer, so no person is seen. Check that that computer is switched on "
    "and connected to the network; it is found again by itself."
)
LOUDSPEAKER: Final = (
    "No sound leaves the computer. Check that the sound card and the loudspeakers are plugged in and switched on; "
    "the sound comes back by itself."
)
FILE: Final = (
    "It plays, but a file of the work has a mistake: the last good state plays. Nothing has to be done now; tell the "
    "person who looks after the work."
)
EXAMPLES: Final = (
    "It plays, but not as it was taught, because something about its examples is wrong. Tell the person who looks "
    "after the work."
)
PANIC: Final = "It is silent because the panic button was pressed. Press Release when it may sound again."
MUTED: Final = "It is silent because it was muted. Press Mute again when it may sound."


class StaffSentence(msgspec.Struct, frozen=True):
    """What staff need to know.

    Attributes:
        well: nothing has to be done.
        text: one or two sentences.
        reasons: the sentences of `Health` behind it, for the person who looks after the work.
    """

    well: bool
    text: str
    reasons: tuple[str, ...] = ()


def staff_sentence(
    health: Health,
    tracker: TrackerStatus | None,
    conductor: ConductorStatus | None,
    engine: EngineStatus | None,
    now_s: float,
) -> StaffSentence:
    """The sentence for an assessment, and the statuses it was made of."""
    if not health.healthy:
        return StaffSentence(False, _trouble(health, tracker, conductor, engine, now_s), health.problems)
    assert conductor
    if conductor.closed:
        return StaffSentence(True, f"All is well; it is closed, and silent: {conductor.hours}.", health.warnings)
    if conductor.session.panic or conductor.session.muted:
        return StaffSentence(False, PANIC if conductor.session.panic else MUTED, health.notes)
    seen = "A person is seen" if conductor.present else "No person is in view"
    view = f" {tracker.view.text}" if tracker and tracker.state == "live" and tracker.view.text else ""
    return StaffSentence(True, f"All is well. '{conductor.preset}' plays. {seen}.{view}", health.warnings)


def _trouble(
    health: Health,
    tracker: TrackerStatus | None,
    conductor: ConductorStatus | None,
    engine: EngineStatus | None,
    now_s: float,
) -> str:
    """What to do about the most important problem."""
    if any(process.state in ("missing", "stale") for process in health.processes.values()):
        return STARTS_BY_ITSELF
    if engine and engine.unheard:
        return LOUDSPEAKER
    if tracker and (tracker.state != "live" or frame_age_s(tracker, now_s) > FRESH_S):
        return CAMERA
    return _trouble_of(conductor) if conductor else STARTS_BY_ITSELF


def _trouble_of(conductor: ConductorStatus) -> str:
    """Likewise, where camera, sound and processes are in order."""
    if remote_problems(conductor.trackers):
        return REMOTE
    if conductor.settings_error or conductor.preset_error:
        return FILE
    return EXAMPLES if conductor.model_error else STARTS_BY_ITSELF
