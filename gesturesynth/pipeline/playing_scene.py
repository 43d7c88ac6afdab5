"""The scene of a preset that plays: its part of the preset, and its message for the engine.

The mapping plays the outputs of all scenes at all times, from one fit; a scene is a choice of what of it is heard. So a
change of scene needs neither a fit nor a new mapping, and the new scene begins where the body is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.voice_copies import copied_parameters
from gesturesynth.mapping.pitch.notes import note_text
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.pipeline.scene_scales import SceneScales
from gesturesynth.pipeline.shared_values import SharedValues
from gesturesynth.runtime.messages import Scene
from gesturesynth.runtime.readings import Reading

Float = NDArray[np.float64]


class PlayingScene:
    """The scenes of one preset, of which one plays. A preset without scenes is as one scene without a name.

    Args:
        preset: the whole.

    Attributes:
        names: of the scenes, in the order of the file; none where the preset has none.
        snapshots: of the one that plays, by number, which classes may hold: output -> value in its unit.
    """

    def __init__(self, preset: Preset) -> None:
        self._whole = preset
        self.names = tuple(preset.scenes)
        self._name = self.names[0] if self.names else ""
        self._views = {name: preset.in_scene(name) for name in self.names or ("",)}
        self._messages = {name: preset.scene(name) for name in self._views}
        self._heard = {name: list(preset.heard_outputs(name)) for name in self._views}
        alone = {name: preset.scene_of_one_voice(name) for name in self._views}
        self._copied = {name: [self._heard[name][at] for at in copied_parameters(alone[name])] for name in alone}
        self._shared = {name: [at for at in self._heard[name] if at not in self._copied[name]] for name in alone}
        self._shared_values = SharedValues(preset.crossfade_s)
        self._own_scales = {name: scene.scale for name, scene in preset.scenes.items() if scene.scale}
        self._played = {
            name: np.array([output.name in {o.name for o in view.outputs} for output in preset.outputs], dtype=np.bool_)
            for name, view in self._views.items()
        }
        self.snapshots: Mapping[int, Mapping[str, float]] = self.view.snapshots

    @property
    def name(self) -> str:
        """The one that plays; empty where there is none."""
        return self._name

    def change(self, name: str) -> None:
        """Plays the scene of this name from now on, with the snapshots of its file."""
        self._name = name
        self.snapshots = self.view.snapshots

    @property
    def view(self) -> Preset:
        """The preset as the scene that plays has it."""
        return self._views[self.name]

    @property
    def message(self) -> Scene:
        """What the engine gets."""
        return self._messages[self.name]

    @property
    def played(self) -> NDArray[np.bool_]:
        """Which outputs of the preset the scene plays, (m,)."""
        return self._played[self.name]

    def heard(self, values: Sequence[Float], lead: int = 0, time_s: float = 0.0) -> tuple[float, ...]:
        """The values that the engine gets.

        Args:
            values: of all outputs (m,), for each voice.
            lead: which of the voices moves what there is once.
            time_s: now, monotonic seconds.
        """
        first, *others = values
        shared = self._shared[self.name]
        if others and shared:
            first = first.copy()
            first[shared] = self._shared_values.follow(values[lead], lead, time_s)[shared]
        heard = first[self._heard[self.name]].tolist()
        for voice in others:
            heard += voice[self._copied[self.name]].tolist()
        return tuple(heard)

    @property
    def own_scale(self) -> ScaleSetting | None:
        """The scale that the file gives to the scene."""
        scale = self._own_scales.get(self.name) or self._whole.scale
        return scale.setting if scale else None

    def readings(self, values: Float, positions: Float, scales: SceneScales) -> tuple[Reading, ...]:
        """The outputs of the scene that plays, for the status.

        Args:
            values: of all outputs (m,), in units.
            positions: of the same.
            scales: that they follow.
        """
        notes, setting = scales.notes, scales.of(self.name).setting
        rows = zip(self._whole.outputs, values.tolist(), positions.tolist(), self.played.tolist(), strict=True)
        return tuple(
            Reading(output.name, value, output.unit, min(1.0, max(0.0, position)), _note(output.unit, note, setting))
            for output, value, position, played in rows
            if played and math.isfinite(value)
            for note in (notes.get(output.name, 0.0),)
        )


def _note(unit: str, hz: float, setting: ScaleSetting | None) -> str:
    """The name of a note; empty for 0 Hz, before there is one."""
    return note_text(hz, setting.reference_hz) if unit == "Hz" and setting and hz else ""
