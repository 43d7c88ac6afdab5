"""The scene of a preset with a voice for each person: copies of all that a person plays. Pure.

Buses are there once, and all voices send to them: what moves a bus is the first person's. Everything else has a copy
for each voice, under names of its own (`runtime/voice_names.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gesturesynth.runtime.messages import Scene
from gesturesynth.runtime.patterns import OnBeat, PatternSetup
from gesturesynth.runtime.voice_names import name_in_voice


def copied_parameters(scene: Scene) -> list[int]:
    """Which of a scene's parameters every voice has, as numbers in their order: all but those of buses."""
    buses = {bus.name for bus in scene.buses}
    return [number for number, name in enumerate(scene.parameters) if name.partition(".")[0] not in buses]


def with_copies(scene: Scene, voices: int) -> Scene:
    """The scene with so many voices; itself with one.

    Args:
        scene: with one voice.
        voices: how many; `parameters` and `triggers` are those of the first one, then those of the second, and so on.
    """
    if voices == 1:
        return scene
    copied = copied_parameters(scene)
    others = range(2, voices + 1)
    return msgspec.structs.replace(
        scene,
        voices=voices,
        instruments=(
            *scene.instruments,
            *(
                msgspec.structs.replace(setup, name=name_in_voice(setup.name, voice))
                for voice in others
                for setup in scene.instruments
            ),
        ),
        parameters=(
            *scene.parameters,
            *(name_in_voice(scene.parameters[number], voice) for voice in others for number in copied),
        ),
        glides_s=(*scene.glides_s, *(scene.glides_s[number] for _ in others for number in copied)),
        triggers=(*scene.triggers, *_copies(scene.triggers, others)),
        on_beat=_beat_copies(scene, others),
        silent=(*scene.silent, *_copies(scene.silent, others)),
    )


def _copies(names: Iterable[str], voices: range) -> list[str]:
    names = tuple(names)
    return [name_in_voice(name, voice) for voice in voices for name in names]


def _beat_copies(scene: Scene, voices: range) -> OnBeat:
    beat, buses = scene.on_beat, {bus.name for bus in scene.buses}
    notes = [name for name in beat.notes if name.partition(".")[0] not in buses]
    return OnBeat(
        (*beat.notes, *_copies(notes, voices)),
        (*beat.patterns, *(_pattern_copy(pattern, voice) for voice in voices for pattern in beat.patterns)),
        beat.grids | {name_in_voice(name, voice): note for voice in voices for name, note in beat.grids.items()},
    )


def _pattern_copy(pattern: PatternSetup, voice: int) -> PatternSetup:
    return msgspec.structs.replace(
        pattern, name=name_in_voice(pattern.name, voice), trigger=name_in_voice(pattern.trigger, voice)
    )
