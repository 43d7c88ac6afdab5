"""For staff without training: one sentence that says whether all is well, and what to do if not. Pure.

The reasons are those of `health.assess`, so both always agree on whether something is wrong; what to do about each is
here. Messages of files are for the artist, not for staff: they are not repeated.
"""

from __future__ import annotations

from typing import Final

import msgspec

from gesturesynth.monitoring.health import FRESH_S, LAMPS_NOT_REACHED, Health, frame_age_s
from gesturesynth.monitoring.remote_trackers import remote_problems
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.view_reading import VIEW_SENTENCES

STARTS_BY_ITSELF: Final = (
    "A part of the program does not answer; it is started again by itself. If this stays for two minutes, switch the "
    "computer off and on again, and tell the person who looks after the work."
)
CAMERA: Final = (
    "The camera gives no pictures, so no person is seen. Check that its cable is plugged in and its lens is not "
    "covered; it is found again by itself."
)
PUBLISHES: Final = "All is well. This computer sees for others, and plays nothing itself."
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
LAMPS: Final = (
    "It plays, but the lamps are not reached. Check that the box that drives them is switched on and its network cable "
    "plugged in; they are found again by themselves."
)
PANIC: Final = "It is silent because the panic button was pressed. Press Release when it may sound again."
MUTED: Final = "It is silent because it was muted. Press 'Sound again' when it may sound."


SENTENCES: Final[dict[str, str]] = {
    "starts-by-itself": STARTS_BY_ITSELF,
    "camera": CAMERA,
    "remote": REMOTE,
    "loudspeaker": LOUDSPEAKER,
    "file": FILE,
    "examples": EXAMPLES,
    "panic": PANIC,
    "muted": MUTED,
    "closed": "All is well; it is closed, and silent: {hours}.",
    "publishes": PUBLISHES,
    "plays": "All is well. '{preset}' plays.",
    "seen": "A person is seen.",
    "unseen": "No person is in view.",
    "numbers": "The numbers that move it come.",
    "lamps": LAMPS,
    "no-numbers": "The numbers that move it do not come. Check that the program or the device that sends them is on.",
}
"""By code; the page has them in other languages, as `care.staff.CODE`."""
_CODES: Final = {text: code for code, text in SENTENCES.items()}


class StaffPart(msgspec.Struct, frozen=True):
    """One sentence of it: its code in `SENTENCES`, or `view.` and that of a `ViewReading`, and the values in it."""

    code: str
    values: dict[str, str] = {}


class StaffSentence(msgspec.Struct, frozen=True):
    """What staff need to know.

    Attributes:
        well: nothing has to be done.
        text: one or two sentences.
        reasons: the sentences of `Health` behind it, for the person who looks after the work.
        parts: the same as `text`, for other languages.
    """

    well: bool
    text: str
    reasons: tuple[str, ...] = ()
    parts: tuple[StaffPart, ...] = ()


def staff_sentence(
    health: Health,
    tracker: TrackerStatus | None,
    conductor: ConductorStatus | None,
    engine: EngineStatus | None,
    now_s: float,
) -> StaffSentence:
    """The sentence for an assessment, and the statuses it was made of."""
    if not health.healthy:
        return _of(health.problems, StaffPart(_CODES[_trouble(health, tracker, conductor, engine, now_s)]), well=False)
    if conductor is None:
        return _of(health.warnings, StaffPart("publishes"))
    if conductor.closed:
        return _of(health.warnings, StaffPart("closed", {"hours": conductor.hours}))
    if amiss := _amiss(health, conductor):
        return amiss
    if conductor.by_inputs_alone:
        there = StaffPart("numbers" if conductor.present else "no-numbers")
        return _of(health.warnings, StaffPart("plays", {"preset": conductor.preset}), there)
    parts = [StaffPart("plays", {"preset": conductor.preset}), StaffPart("seen" if conductor.present else "unseen")]
    if tracker and tracker.state == "live" and tracker.view.text:
        parts.append(StaffPart(f"view.{tracker.view.code}"))
    return _of(health.warnings, *parts)


def _amiss(health: Health, conductor: ConductorStatus) -> StaffSentence | None:
    """What staff can do something about though it is healthy; None where there is nothing."""
    if conductor.session.panic or conductor.session.muted:
        return _of(health.notes, StaffPart("panic" if conductor.session.panic else "muted"), well=False)
    if any(warning.startswith(LAMPS_NOT_REACHED) for warning in health.warnings):
        return _of(health.warnings, StaffPart("lamps"), well=False)
    return None


def _of(reasons: tuple[str, ...], *parts: StaffPart, well: bool = True) -> StaffSentence:
    texts = SENTENCES | {f"view.{code}": text for code, text in VIEW_SENTENCES.items()}
    return StaffSentence(well, " ".join(texts[part.code].format_map(part.values) for part in parts), reasons, parts)


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
