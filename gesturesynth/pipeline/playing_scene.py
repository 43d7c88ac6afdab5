"""The scene of a preset that plays: its part of the preset, its message for the engine, and the scales of all scenes.

The mapping plays the outputs of all scenes at all times, from one fit; a scene is a choice of what of it is heard. So a
change of scene needs neither a fit nor a new mapping, and the new scene begins where the body is.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.mapping.pitch.notes import note_text
from gesturesynth.mapping.pitch.quantiser import Quantiser
from gesturesynth.mapping.pitch.setting import ScaleSetting
from gesturesynth.runtime.messages import Scene
from gesturesynth.runtime.readings import Reading

Float = NDArray[np.float64]


class PlayingScene:
    """The scenes of one preset, of which one plays. A preset without scenes is as one scene without a name.

    Args:
        preset: the whole.

    Attributes:
        names: of the scenes, in the order of the file; none where the preset has none.
        name: of the one that plays; empty where there is none.
    """

    def __init__(self, preset: Preset) -> None:
        self._whole = preset
        self.names = tuple(preset.scenes)
        self.name = self.names[0] if self.names else ""
        self._views = {name: preset.in_scene(name) for name in self.names or ("",)}
        self._messages = {name: preset.scene(name) for name in self._views}
        self._heard = {name: list(preset.heard_outputs(name)) for name in self._views}
        outputs = preset.played_outputs()
        self._own_scales = {name: scene.scale for name, scene in preset.scenes.items() if scene.scale}
        apart = {name for scale in self._own_scales.values() for name in scale.outputs}
        self._own = preset.scale.setting if preset.scale else None
        self._quantisers = {"": Quantiser(outputs, [name for name in preset.pitches if name not in apart], self._own)}
        for name, scale in self._own_scales.items():
            self._quantisers[name] = Quantiser(outputs, scale.outputs, scale.setting)
        self._played = {
            name: np.array([output.name in {o.name for o in view.outputs} for output in preset.outputs], dtype=np.bool_)
            for name, view in self._views.items()
        }

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

    def heard(self, values: Float) -> tuple[float, ...]:
        """The values that the engine gets, of those of all outputs (m,)."""
        return tuple(values[self._heard[self.name]].tolist())

    # ------------------------------------------------------------------------------------------------------- scales
    @property
    def quantiser(self) -> Quantiser:
        """The one that the scene's outputs follow."""
        return self._quantisers.get(self.name) or self._quantisers[""]

    @property
    def own_scale(self) -> ScaleSetting | None:
        """The scale that the file gives to the scene."""
        scale = self._own_scales.get(self.name)
        return scale.setting if scale else self._own

    @property
    def positions(self) -> dict[str, float]:
        """See `Quantiser.positions`, of all scales."""
        return {name: at for quantiser in self._quantisers.values() for name, at in quantiser.positions.items()}

    @property
    def notes(self) -> dict[str, float]:
        """See `Quantiser.notes`, of all scales."""
        return {name: note for quantiser in self._quantisers.values() for name, note in quantiser.notes.items()}

    def follow(self, values: Float, positions: Float, time_s: float) -> tuple[Float, Float]:
        """See `Quantiser.follow`; the outputs of each scene follow the scale of that scene, whichever plays."""
        for quantiser in self._quantisers.values():
            values, positions = quantiser.follow(values, positions, time_s)
        return values, positions

    def readings(self, values: Float, positions: Float) -> tuple[Reading, ...]:
        """The outputs of the scene that plays, for the status.

        Args:
            values: of all outputs (m,), in units.
            positions: of the same.
        """
        notes, setting = self.notes, self.quantiser.setting
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
