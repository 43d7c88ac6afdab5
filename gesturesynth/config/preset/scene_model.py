"""Scenes of a preset once they are checked, and their schedule: complete, in base units, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.config.preset.scene_schema import STEPS
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.mapping.teaching.score import ScoreStep
from gesturesynth.runtime.messages import InstrumentSetup


@dataclass(frozen=True)
class PresetScale:
    """The scale of a preset, or of one of its scenes.

    Attributes:
        setting: which notes, and how firmly they lead.
        outputs: that follow it.
        files: names of the Scala files that it was read from.
    """

    setting: ScaleSetting
    outputs: tuple[str, ...]
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class PresetScene:
    """One scene of a preset: a choice of what the preset has.

    Attributes:
        name: unique within the preset.
        outputs: names of those that it plays, its own and those of all scenes, in the order of the preset.
        instruments: all of the preset, in the same order in every scene, with what is fixed about them in this one.
        silent: names of the instruments that it does not play.
        snapshots: those of the preset as far as it has their outputs, with its own in their place.
        score: see `Preset`.
        crossfade_in_s: how long it takes over from another scene.
        scale: of its own outputs; None where they follow that of the preset.
    """

    name: str
    outputs: tuple[str, ...]
    instruments: tuple[InstrumentSetup, ...]
    silent: tuple[str, ...] = ()
    snapshots: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    score: tuple[ScoreStep, ...] = ()
    crossfade_in_s: float = 0.0
    scale: PresetScale | None = None


@dataclass(frozen=True)
class SceneSchedule:
    """When scenes change by themselves.

    Attributes:
        every_s: how long each plays; None: they do not follow each other.
        order: in which order, with `every_s`.
        at: minute of the day -> the scene that begins then; in the order of the day.
        when_empty: plays when no person was in view for `after_s`; empty for none.
        after_s: seconds.
    """

    every_s: float | None = None
    order: tuple[str, ...] = ()
    at: Mapping[int, str] = field(default_factory=dict)
    when_empty: str = ""
    after_s: float = 30.0


NO_SCHEDULE: Final = SceneSchedule()


def scene_named(names: tuple[str, ...], wanted: str, playing: str) -> str:
    """The scene that a name or a step (`next`, `previous`) stands for; empty where there is none of that name.

    Args:
        names: of the scenes, in the order of the file.
        wanted: a name or a step.
        playing: the scene that plays.
    """
    if wanted in STEPS and playing in names:
        return names[(names.index(playing) + STEPS[wanted]) % len(names)]
    return wanted if wanted in names else ""
