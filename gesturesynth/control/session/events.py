"""What comes out of a session: events, which the session controller carries out."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

CueName = Literal["tick", "start", "end", "saved", "trained", "selected", "undo", "error", "ask"]
"""The short sounds that confirm. `tick`, `start`, `end` time a take; `saved`: it is on disk; `trained`: the new model
plays; `selected`: done as asked; `undo`: taken back, away or off; `error`: not done; `ask`: asked back."""
OutputMask = Literal["record", "train", "run"]
"""What an output can be switched off for."""
ScalePart = Literal["scale", "root", "tuning"]
"""What a command can change of the scale that pitches follow."""
CUES: Final[tuple[CueName, ...]] = ("tick", "start", "end", "saved", "trained", "selected", "undo", "error", "ask")


class Event(msgspec.Struct, frozen=True, tag=True):
    """Something that the session controller has to do, in the order given. `OUTCOME` lists those to report back."""


class Cue(Event, frozen=True):
    """Play a short sound."""

    name: CueName


class ShowMessage(Event, frozen=True):
    """Show and log a sentence; the answer to the sender of a command. `failed`: it was not done."""

    text: str
    failed: bool = False


class HoldSound(Event, frozen=True):
    """The values of this snapshot (`"1"`..`"9"`) sound instead of the mapping, until `ReleaseSound` or the next."""

    target: str


class HoldMorph(Event, frozen=True):
    """The sound between two snapshots (`"1"`..`"9"`) sounds, likewise; `part` 0..1 is how far it is to the second."""

    first: str
    second: str
    part: float


class HoldScore(Event, frozen=True):
    """The beginning of the score sounds, likewise. It moves on from the start of the take for `(play-along)`."""


class HoldValues(Event, frozen=True):
    """Hold these values of outputs, in their units, by name; those that are not named stay as they are now."""

    values: dict[str, float]


class ReleaseSound(Event, frozen=True):
    """Let the mapping sound again."""


class BeginTake(Event, frozen=True):
    """Collect poses for `target` whose time is from `start_s` to `end_s`, monotonic seconds, until `EndTake`."""

    target: str
    start_s: float
    end_s: float


class EndTake(Event, frozen=True):
    """The take is over. `keep`: write it, then report `take_saved` or `take_failed`; else forget it.

    `end_s` is never later than that of `BeginTake`; poses after it do not belong to the take.
    """

    keep: bool
    end_s: float


class Nudge(Event, frozen=True):
    """Keep the poses from `start_s` to `end_s` as a take for `target`. Report `take_saved` or `take_failed`.

    A class, or what sounds: what is held, or else what the mapping played during that time.
    """

    target: str
    start_s: float
    end_s: float


class Evaluate(Event, frozen=True):
    """Begin to evaluate all takes. Report `done` or `failed` when it has begun, and again when it has ended."""


class Advise(Event, frozen=True):
    """Tell what to record next. Report `done` or `failed`."""


class StartFit(Event, frozen=True):
    """Fit a model to all takes. Report exactly one `fit_ended`, cancelled or not."""


class CancelFit(Event, frozen=True):
    """End the fit that is under way; `fit_ended` is still due."""


class Undo(Event, frozen=True):
    """Take back the last change. Report `done` or `failed`."""


class Redo(Event, frozen=True):
    """Do it again. Report `done` or `failed`."""


class DeleteLast(Event, frozen=True):
    """Delete the newest take. Report `done` or `failed`."""


class ClearTakes(Event, frozen=True):
    """Delete all takes. Report `done` or `failed`."""


class RelabelTake(Event, frozen=True):
    """Let a take teach something else: a snapshot (`"1"`..`"9"`), a class or a gesture. Report `done` or `failed`."""

    take: int
    target: str


class TrimTake(Event, frozen=True):
    """Let a take count from here to there, seconds since its first pose. Report `done` or `failed`."""

    take: int
    start_s: float
    end_s: float


class SwitchTake(Event, frozen=True):
    """Switch a take on or off; None for the other of the two. Report `done` or `failed`."""

    take: int
    on: bool | None


class DeleteTake(Event, frozen=True):
    """Delete a take. Report `done` or `failed`."""

    take: int


class RestoreTake(Event, frozen=True):
    """Restore a take that was deleted. Report `done` or `failed`."""

    take: int


class ReadTake(Event, frozen=True):
    """Read a take for playback. Report `take_ready` or `take_unread`, with the number of the request."""

    take: int
    request: int


class BeginPlayback(Event, frozen=True):
    """The poses of the take that was read last play instead of live ones, from `start_s`, until `EndPlayback`.

    May come again before that: another take follows at once.
    """

    start_s: float


class EndPlayback(Event, frozen=True):
    """Live poses play."""


class SaveSound(Event, frozen=True):
    """Keep the output values of this moment as snapshot `number`. Report `sound_saved` or `failed`."""

    number: int


class Randomise(Event, frozen=True):
    """Hold a random sound, until `ReleaseSound` or `HoldSound`."""


class ChangePreset(Event, frozen=True):
    """Play another preset: its key, `next` or `previous` (told apart by `step`: +1, -1, or 0 for a name)."""

    name: str
    step: int = 0


class SetVolume(Event, frozen=True):
    """The loudness of this machine, -60..0 dB."""

    db: float


class SetMuted(Event, frozen=True):
    """Silence, or not; apart from panic."""

    on: bool


class SetPanic(Event, frozen=True):
    """Silence at once, whatever else is set, until it is off."""

    on: bool


class SetOpen(Event, frozen=True):
    """Open, or closed, until the opening hours change next."""

    on: bool


class ShowHelp(Event, frozen=True):
    """Show the keys, or hide them."""

    on: bool


class DeleteOutput(Event, frozen=True):
    """Delete the examples of one output. Report `done` or `failed`."""

    output: str


class SwitchOutput(Event, frozen=True):
    """Switch an output on or off for `record`, `train` or `run`. Report `done` or `failed`."""

    mask: OutputMask
    output: str
    on: bool


class ChangeScale(Event, frozen=True):
    """Let pitches follow another scale, root or tuning: `part`, and its name. Report `done` or `failed`."""

    part: ScalePart
    text: str


class SetAdapt(Event, frozen=True):
    """Let the taught range follow the person in view, or not."""

    on: bool


class SetPredict(Event, frozen=True):
    """Carry the body forward by `ahead_s` seconds before outputs follow it."""

    ahead_s: float


class ChangeScene(Event, frozen=True):
    """Play another scene of the preset; one that plays already goes on."""

    name: str


class SetStrength(Event, frozen=True):
    """How firmly the scale leads pitches, 0..1."""

    strength: float


class SetTempo(Event, frozen=True):
    """Another tempo, quarter notes a minute; with `beat` one of them begins now."""

    bpm: float
    beat: bool = False


class TryText(Event, frozen=True):
    """Play a text of the preset instead of its file. Report `done` or `failed`."""

    text: str


class ChangeText(Event, frozen=True):
    """Change one value in the text of the preset (None: remove its key), and play that. Report `done` or `failed`."""

    key: str
    value: str | None


class KeepText(Event, frozen=True):
    """Write the edited text into its file. Report `done` or `failed`."""


class DropText(Event, frozen=True):
    """Play the file of the preset again. Report `done` or `failed`."""


class Quit(Event, frozen=True):
    """End everything."""


OUTCOME: Final = (
    Undo,
    Redo,
    DeleteLast,
    ClearTakes,
    RelabelTake,
    TrimTake,
    SwitchTake,
    DeleteTake,
    RestoreTake,
    ReadTake,
    SaveSound,
    Nudge,
    DeleteOutput,
    SwitchOutput,
    ChangeScale,
    TryText,
    ChangeText,
    KeepText,
    DropText,
    Evaluate,
    Advise,
)
"""Events without a `ShowMessage` of their own: their outcome is reported at once, and the report has the message."""
