"""What goes into a session and what comes out of it: rules, context, choices, events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from gesturesynth.control.commands import SNAPSHOTS
from gesturesynth.control.session.targets import is_class, target_text
from gesturesynth.runtime.session_state import OutputsOff, TargetKind

CueName = Literal["tick", "start", "end", "saved", "trained", "selected", "undo", "error", "ask"]
"""The short sounds that confirm. `tick`, `start`, `end` time a take; `saved`: it is on disk; `trained`: the new model
plays; `selected`: done as asked; `undo`: taken back, away or off; `error`: not done; `ask`: asked back."""
OutputMask = Literal["record", "train", "run"]
"""What an output can be switched off for."""
CUES: Final[tuple[CueName, ...]] = ("tick", "start", "end", "saved", "trained", "selected", "undo", "error", "ask")


@dataclass(frozen=True)
class Rules:
    """The settings of teaching.

    Attributes:
        countdown_s: from `record` to the take, 0 to 60.
        take_s: the length of a take, 0.1 to 600.
        tick_s: between ticks of the countdown, 0.1 to 60.
        hold_s: the most that a take gets which lasts as long as a key is held, 1 to 600: a key-up may get lost.
        hold_least_s: the least; what is shorter was an accident, 0.1 to 1.
        confirm_s: how long a question waits for its answer, 0.5 to 60.
        volume_step_db: of `louder` and `quieter`, 0.1 to 20.
        nudge_s: of movement that a nudge keeps, 0.5 to 10.
    """

    countdown_s: float = 3.0
    take_s: float = 4.0
    tick_s: float = 1.0
    hold_s: float = 60.0
    hold_least_s: float = 0.3
    confirm_s: float = 3.0
    volume_step_db: float = 3.0
    nudge_s: float = 2.0

    def __post_init__(self) -> None:
        """Raises ValueError, with a sentence, for a number out of range."""
        for name, low, high in (
            ("countdown_s", 0.0, 60.0),
            ("take_s", 0.1, 600.0),
            ("tick_s", 0.1, 60.0),
            ("hold_s", 1.0, 600.0),
            ("hold_least_s", 0.1, 1.0),
            ("confirm_s", 0.5, 60.0),
            ("volume_step_db", 0.1, 20.0),
            ("nudge_s", 0.5, 10.0),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value}")


class Choices(msgspec.Struct, frozen=True):
    """What commands set about the sound as a whole; restored after a restart.

    Attributes:
        volume_db: -60..0.
        muted, panic: silence.
        audition: whether a snapshot that is chosen is held.
    """

    volume_db: float = 0.0
    muted: bool = False
    panic: bool = False
    audition: bool = True


DEFAULT_CHOICES: Final = Choices()


class SessionContext(msgspec.Struct, frozen=True):
    """What there is to teach. The session controller passes it to the session whenever it changes.

    Attributes:
        preset: the key of the preset that plays; another one ends what was going on with the former.
        snapshots: the numbers 1..9 that have a sound.
        outputs: whether the preset moves any.
        score_s: duration of a take that is played along with the score, seconds; 0 where there is no score.
        classes: in the preset's order.
        gestures: what takes of movements are recorded for, in the preset's order; `none` among them shows others.
        takes: how many there are for each target: `"1"`..`"9"`, a class, or a gesture.
        trained: the running model as a text; empty before the first.
        model_error: a sentence; empty when nothing is wrong.
        can_undo, can_redo: whether there is something to take back, or to do again.
        holding: the class or gesture that holds its snapshot; empty when none does.
        endless: no command ends the program: systemd keeps it running.
        hours: the opening hours now, as a text; empty where there are none.
        until: when they change next, as a text; empty when never.
        closed: whether it is closed, by them or by a command.
        output_names: of the preset, in its order.
        driven: by output that follows a source instead of being learned, that source.
        named: how many takes name an output, also one that the preset does not have.
        off: outputs that are switched off.
    """

    preset: str = ""
    snapshots: frozenset[int] = frozenset()
    outputs: bool = True
    score_s: float = 0.0
    classes: tuple[str, ...] = ()
    gestures: tuple[str, ...] = ()
    takes: dict[str, int] = {}
    trained: str = ""
    model_error: str = ""
    can_undo: bool = False
    can_redo: bool = False
    holding: str = ""
    endless: bool = False
    hours: str = ""
    until: str = ""
    closed: bool = False
    output_names: tuple[str, ...] = ()
    driven: dict[str, str] = {}
    named: dict[str, int] = {}
    off: OutputsOff = OutputsOff()

    def has(self, target: str) -> bool:
        """Whether takes can be recorded for this target."""
        return target in self.labels or target in map(str, self.snapshots)

    @property
    def labels(self) -> tuple[str, ...]:
        """What `label` chooses from: classes, then gestures."""
        return (*self.classes, *self.gestures)

    def kind(self, target: str) -> TargetKind:
        """What a target is; a name that is not there any more counts as a class."""
        if target in SNAPSHOTS:
            return "snapshot"
        return "gesture" if target in self.gestures else "class" if is_class(target) else ""

    def text(self, target: str, *, first: bool = False) -> str:
        """A target as a text, `first` of a sentence or not: `gesture 'throw'`."""
        return target_text(target, gesture=target in self.gestures, first=first)


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


class Quit(Event, frozen=True):
    """End everything."""


OUTCOME: Final = (
    Undo,
    Redo,
    DeleteLast,
    ClearTakes,
    SaveSound,
    Nudge,
    DeleteOutput,
    SwitchOutput,
    Evaluate,
    Advise,
)
"""Events without a `ShowMessage` of their own: their outcome is reported at once, and the report has the message."""
