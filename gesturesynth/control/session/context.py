"""What a session goes by: its rules, what there is to teach, and what was chosen before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from gesturesynth.control.command_table import LONGEST_PREDICT_S, SNAPSHOTS
from gesturesynth.control.session.targets import is_class, target_text
from gesturesynth.runtime.readings import ScaleReading
from gesturesynth.runtime.session_state import OutputsOff, TargetKind
from gesturesynth.runtime.tempo import Tempo


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
        grab_s: of movement that a grab watches, 5 to 300.
        hands_free: a pose is the record button from the start, wherever it was taught.
    """

    countdown_s: float = 3.0
    take_s: float = 4.0
    tick_s: float = 1.0
    hold_s: float = 60.0
    hold_least_s: float = 0.3
    confirm_s: float = 3.0
    volume_step_db: float = 3.0
    nudge_s: float = 2.0
    grab_s: float = 30.0
    hands_free: bool = False

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
            ("grab_s", 5.0, 300.0),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value}")


class PredictChoice(msgspec.Struct, frozen=True):
    """How far the body is carried forward, as a command said it.

    Attributes:
        ahead_s: seconds.
        instead_of_s: what preset or settings said at that time. Where they say something else now, that counts.
    """

    ahead_s: Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_PREDICT_S)]
    instead_of_s: float


class Choices(msgspec.Struct, frozen=True):
    """What commands set about the sound as a whole; restored after a restart.

    Attributes:
        volume_db: -60..0.
        muted, panic: silence.
        audition: whether a snapshot that is chosen is held.
        scale: that of the preset that plays, where a command has changed it; None where none has.
        hands_free: whether a pose is the record button, wherever it was taught; None where the settings say it.
        tempo: where beats are; None where nothing lies on one.
        scene: of the preset that plays; empty where it has none.
        predict: how far the body is carried forward; None where no command has said it.
    """

    volume_db: float = 0.0
    muted: bool = False
    panic: bool = False
    audition: bool = True
    scale: ScaleReading | None = None
    hands_free: bool | None = None
    tempo: Tempo | None = None
    scene: str = ""
    predict: PredictChoice | None = None


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
        newest_take: its number; 0 without one.
        pitches: whether outputs can follow a scale.
        scale: the scale that they follow, as a text; empty for none.
        scenes: of the preset, in its order; may be none.
        scene: the one that plays; another one ends what was going on with the former.
        adapts: whether the taught range follows the person in view; None where no feature could.
        tempo: whether anything lies on a beat.
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
    newest_take: int = 0
    pitches: bool = False
    scale: str = ""
    adapts: bool | None = None
    tempo: bool = False
    scenes: tuple[str, ...] = ()
    scene: str = ""

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
