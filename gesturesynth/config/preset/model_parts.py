"""Outputs, classes, gestures and the tempo of a checked preset: complete, in base units, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gesturesynth.core.units import Unit, Warp
from gesturesynth.runtime.tempo import Tempo


@dataclass(frozen=True)
class PresetOutput:
    """One output, complete.

    Attributes:
        name: unique within the preset.
        to: the parameter it moves, `instrument.parameter`; empty for one that leaves over OSC only.
        low, high: the values at the two ends of its range, in `unit`; `low` may be the greater one.
        unit, warp: the parameter's unit, and how the range is spread.
        glide_s: how long a change takes to arrive.
        idle: its value when no person is in view; None: it stays.
        features: those of the preset's features that feed it; empty for all.
        model, model_settings: a model of its own, as those of the preset; None where it has the preset's.
        whole: it plays whole numbers only.
        soft_limits: how far values may leave the range, lower end first; None for hard limits.
        source: what moves it, as `driven_outputs` names it: `throw.progress`; empty for one that is learnt from
            examples.
        pitch: its parameter is the pitch of an instrument.
        silence: the value to which it fades while no person is in view; None: it goes to its idle value.
        notes: the lengths of notes that it plays, in whole notes; empty for one that plays no notes.
        scene: the scene that it belongs to; empty for one that all scenes have.
    """

    name: str
    to: str
    low: float
    high: float
    unit: Unit
    warp: Warp
    glide_s: float
    idle: float | None = None
    features: tuple[str, ...] = ()
    model: str | None = None
    model_settings: Mapping[str, float] = field(default_factory=dict)
    source: str = ""
    whole: bool = False
    soft_limits: tuple[float, float] | None = None
    pitch: bool = False
    silence: float | None = None
    notes: tuple[float, ...] = ()
    scene: str = ""

    @property
    def ends(self) -> tuple[float, float]:
        """The range, lower end first."""
        return min(self.low, self.high), max(self.low, self.high)

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value: those of the range, or the soft limits."""
        return self.soft_limits or self.ends


@dataclass(frozen=True)
class _Recognised:
    """What a class and a gesture have in common: their effects."""

    hold_s: float
    rest_s: float
    trigger: str | None = None
    snapshot: int | None = None
    preset: str | None = None
    scene: str | None = None
    on: float | None = None
    ahead: bool = False


@dataclass(frozen=True)
class PresetClass(_Recognised):
    """One kind of pose that is recognised, and its effects.

    Attributes:
        hold_s: it counts as entered when it was seen for so long, and as left when it was missing for so long.
        rest_s: after it fired a trigger or changed the preset, it does neither for so long.
        trigger: `instrument.trigger` that fires when the class is entered; None for none.
        snapshot: the number of a snapshot that sounds as long as the class lasts; None for none.
        preset: the name of the preset that plays from then on; None for no other.
        scene: the scene that plays from then on, or `next` or `previous`; None for no other.
        on: the note that the trigger waits for, in whole notes; None: it fires at once.
        ahead: whether the body as it is predicted enters it, too.
    """


@dataclass(frozen=True)
class PresetGesture(_Recognised):
    """One movement that is recognised when it was performed, and its effects.

    Attributes:
        hold_s: how long its snapshot sounds.
        rest_s: after it was performed it is not recognised for so long.
        trigger, snapshot, preset, scene, on, ahead: as for a class.
    """


@dataclass(frozen=True)
class PresetTempo:
    """The tempo with which a preset begins.

    Attributes:
        tempo: its anchor is not set yet.
        follow: the gesture whose period it follows; empty for none.
        follow_beats: quarter notes that one performance of it lasts.
    """

    tempo: Tempo
    follow: str = ""
    follow_beats: int = 1
