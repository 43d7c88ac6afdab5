"""The scales of all scenes of a preset, as one voice follows them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.mapping.pitch.quantiser import Quantiser

Float = NDArray[np.float64]


class SceneScales:
    """A quantiser for the outputs of each scene that has a scale of its own, and one for all others.

    Args:
        preset: the whole.
    """

    def __init__(self, preset: Preset) -> None:
        outputs = preset.played_outputs()
        own = {name: scene.scale for name, scene in preset.scenes.items() if scene.scale}
        apart = {name for scale in own.values() for name in scale.outputs}
        setting = preset.scale.setting if preset.scale else None
        self._quantisers = {"": Quantiser(outputs, [name for name in preset.pitches if name not in apart], setting)}
        for name, scale in own.items():
            self._quantisers[name] = Quantiser(outputs, scale.outputs, scale.setting)

    def of(self, scene: str) -> Quantiser:
        """The one that the outputs of a scene follow, by the name of the scene."""
        return self._quantisers.get(scene) or self._quantisers[""]

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
