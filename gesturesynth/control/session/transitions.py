"""The states of a session and what leads from one to another: four tables, to be checked by eye.

A session is in one state of each table at a time; the tables do not depend on each other. All else about it (what is
chosen, what is held, volume, mute, panic, the open question) is a value that a command sets.

The take (`TAKING`):

                  record            the time is up, hold         the time is up, record, stop, let go
        playing ---------> countdown --------------------> recording --------------------------------> playing (kept)
         ^   |                 |                             ^     |
         |   +-----------------|---------- hold -------------+     |
         +---------------------+-----------------------------------+
               record, stop, cancel, gone     cancel, gone, too short (thrown away)

The playback of a take (`PLAYBACK`): the take is read first.

             listen           ready
        live ------> reading <-----> playing
         ^              |     other     |
         +--------------+---------------+
           stop, replaced,    stop, replaced,
           failed             time

Hands-free (`HANDS_FREE`): the pose that is the record button is taught first; a take that it has begun leads back.

             teach              taught, on           press
        off ------> teaching ------------> ready <------------> taking
         ^              |                    |   taken, ended      |
         +--------------+--------------------+---------------------+
           ended, off          off, gone              off

The training (`TRAINING`): a `train` during a fit is remembered once, in `again` and `afresh`; a fit that was called off
is still waited for, in `ending` and `afresh`, because the trainer has to have ended before the next one starts.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from gesturesynth.runtime.session_state import HandsFreeState, Phase

TakeCause = Literal["record", "hold", "stop", "cancel", "time", "let go", "too short", "gone"]
"""`time`: the countdown or the take is over. `hold`: a take begins that lasts until its key is released; then it is
`let go`, or `too short` for a take. `gone`: the preset, or the target of the take, is not there any more."""


class Move(NamedTuple):
    """The state that a cause leads to, and whether to keep the take that ends with it."""

    phase: Phase
    keep: bool = False


TAKING: Final[dict[tuple[Phase, TakeCause], Move]] = {
    ("playing", "record"): Move("countdown"),
    ("playing", "hold"): Move("recording"),
    ("countdown", "hold"): Move("recording"),
    ("countdown", "time"): Move("recording"),
    ("countdown", "record"): Move("playing"),
    ("countdown", "stop"): Move("playing"),
    ("countdown", "cancel"): Move("playing"),
    ("countdown", "gone"): Move("playing"),
    ("recording", "time"): Move("playing", keep=True),
    ("recording", "record"): Move("playing", keep=True),
    ("recording", "stop"): Move("playing", keep=True),
    ("recording", "let go"): Move("playing", keep=True),
    ("recording", "too short"): Move("playing", keep=False),
    ("recording", "cancel"): Move("playing", keep=False),
    ("recording", "gone"): Move("playing", keep=False),
}
"""A take begins on entering `recording`, and ends, once, on leaving it. What is not here cannot happen."""

ONLY_WHILE_PLAYING: Final = frozenset(
    {
        "select",
        "label",
        "undo",
        "redo",
        "delete-last",
        "clear",
        "relabel",
        "trim",
        "switch-take",
        "delete-take",
        "restore-take",
        "listen",
        "record-output",
        "delete-output",
        "save",
        "randomise",
        "morph",
        "set-outputs",
        "nudge",
        "hands-free",
        "preset",
        "scene",
        "next",
        "previous",
        "try",
        "change",
        "keep",
        "back",
    }
)
"""Commands that would change what a take is for: refused during `countdown` and `recording`."""


PlaybackState = Literal["live", "reading", "playing"]
"""`live`: the person in view plays. `reading`: a take is fetched for playback. `playing`: it plays instead."""

PlaybackCause = Literal["listen", "other", "ready", "failed", "stop", "replaced", "time"]
"""`other`: another take is to be played. `ready` or `failed`: the take was read, or could not be. `stop`: by command,
also by `listen` again. `replaced`: a take is recorded, a sound is held, or another preset plays. `time`: it is over."""

PlaybackRequest = Literal["read", "end"]


class PlaybackMove(NamedTuple):
    """Where a cause leads, and what is requested: `read` a take, or `end` the one that is played."""

    playback: PlaybackState
    requests: tuple[PlaybackRequest, ...] = ()


PLAYBACK: Final[dict[tuple[PlaybackState, PlaybackCause], PlaybackMove]] = {
    ("live", "listen"): PlaybackMove("reading", ("read",)),
    ("reading", "other"): PlaybackMove("reading", ("read",)),
    ("reading", "ready"): PlaybackMove("playing"),
    ("reading", "failed"): PlaybackMove("live"),
    ("reading", "stop"): PlaybackMove("live"),
    ("reading", "replaced"): PlaybackMove("live"),
    ("playing", "other"): PlaybackMove("reading", ("end", "read")),
    ("playing", "stop"): PlaybackMove("live", ("end",)),
    ("playing", "replaced"): PlaybackMove("live", ("end",)),
    ("playing", "time"): PlaybackMove("live", ("end",)),
}
"""What is not here cannot happen: what is read for a request that was followed by another cause is not wanted."""


HandsFreeCause = Literal["on", "off", "teach", "taught", "press", "taken", "ended", "gone"]
"""`on`, `off`: by command. `teach`: a take of the pose begins; it is `taught`. `press`: the pose was held; its take is
`taken`. `ended`: a take was called off, or could not be kept. `gone`: the pose is not there any more."""

HANDS_FREE: Final[dict[tuple[HandsFreeState, HandsFreeCause], HandsFreeState]] = {
    ("off", "on"): "ready",
    ("off", "teach"): "teaching",
    ("teaching", "taught"): "ready",
    ("teaching", "ended"): "off",
    ("teaching", "off"): "off",
    ("ready", "press"): "taking",
    ("ready", "off"): "off",
    ("ready", "gone"): "off",
    ("taking", "taken"): "ready",
    ("taking", "ended"): "ready",
    ("taking", "off"): "off",
}
"""What is not here cannot happen."""


Training = Literal["idle", "fitting", "again", "ending", "afresh"]
"""`again`: fitting, and once more after it. `ending`: called off. `afresh`: called off, and a new one after it."""

FitCause = Literal["train", "cancel", "started", "ended", "preset"]
"""The commands, the trainer's reports, and another preset."""

FitRequest = Literal["", "start", "end"]


class FitMove(NamedTuple):
    """Where a cause leads, and what is requested of the trainer: `start` a fit, or `end` it."""

    training: Training
    request: FitRequest = ""


TRAINING: Final[dict[tuple[Training, FitCause], FitMove]] = {
    ("idle", "train"): FitMove("fitting", "start"),
    ("idle", "started"): FitMove("fitting"),
    ("idle", "ended"): FitMove("idle"),
    ("idle", "preset"): FitMove("idle"),
    ("fitting", "train"): FitMove("again"),
    ("fitting", "cancel"): FitMove("ending", "end"),
    ("fitting", "started"): FitMove("fitting"),
    ("fitting", "ended"): FitMove("idle"),
    ("fitting", "preset"): FitMove("fitting"),
    ("again", "train"): FitMove("again"),
    ("again", "cancel"): FitMove("ending", "end"),
    ("again", "started"): FitMove("again"),
    ("again", "ended"): FitMove("fitting", "start"),
    ("again", "preset"): FitMove("fitting"),
    ("ending", "train"): FitMove("afresh"),
    ("ending", "cancel"): FitMove("ending"),
    ("ending", "started"): FitMove("ending"),
    ("ending", "ended"): FitMove("idle"),
    ("ending", "preset"): FitMove("ending"),
    ("afresh", "train"): FitMove("afresh"),
    ("afresh", "cancel"): FitMove("ending"),
    ("afresh", "started"): FitMove("afresh"),
    ("afresh", "ended"): FitMove("fitting", "start"),
    ("afresh", "preset"): FitMove("ending"),
}
"""Every state knows every cause, but ("idle", "cancel"): there is nothing to call off."""
