"""The share that each layer of a rack has in what is heard: in the scene that plays, and of the voice it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gesturesynth.runtime.messages import Scene
from gesturesynth.runtime.voice_names import voice_of
from gesturesynth.synthesis.scene_shares import SceneShares
from gesturesynth.synthesis.voice_shares import VoiceShares

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.pyo_loader import PyoClasses


class LayerShares:
    """Nothing is made, and nothing costs anything, where a preset has neither scenes nor several voices.

    Args:
        pyo: its classes.
        names: of the instruments.
        scene: that plays first; there is no fade into it.
        voices: the share of each voice, 0..1, at the beginning; a voice without one begins with all.
    """

    def __init__(self, pyo: PyoClasses, names: Sequence[str], scene: Scene, voices: Sequence[float] = ()) -> None:
        self._names = tuple(names)
        self._voice_of = {name: voice_of(name) for name in names}
        begun = [*voices, *[1.0] * scene.voices][: scene.voices]
        self._scenes = SceneShares(pyo, names, scene) if scene.name else None
        self._voices = VoiceShares(pyo, begun) if scene.voices > 1 else None

    def of(self, name: str) -> PyoObject | None:
        """The gain of an instrument, from 0 to 1; None where it is 1 at all times."""
        scenes = self._scenes.of(name) if self._scenes else None
        voices = self._voices.of(self._voice_of[name]) if self._voices else None
        return scenes * voices if scenes and voices else scenes or voices

    def is_silent(self, name: str) -> bool:
        """Whether an instrument is not to be heard."""
        return self.is_absent(name) or (self._scenes is not None and name in self._scenes.silent)

    def is_absent(self, name: str) -> bool:
        """Whether an instrument belongs to a voice without a share."""
        return self._voices is not None and self._voice_of.get(name, 1) in self._voices.silent

    def change(self, scene: Scene) -> tuple[str, ...]:
        """Crosses over to a scene. Returns the instruments that are to be heard from now on."""
        begun = self._scenes.change(scene) if self._scenes else ()
        return tuple(name for name in begun if not self.is_silent(name))

    def set_voices(self, shares: Sequence[float]) -> tuple[str, ...]:
        """Gives each voice its share. Returns the instruments that are to be heard from now on."""
        begun = self._voices.set(shares) if self._voices else frozenset()
        return tuple(name for name in self._names if self._voice_of[name] in begun and not self.is_silent(name))

    def faded(self) -> frozenset[str]:
        """Instruments of which nothing is heard any more."""
        faded = frozenset(self._scenes.faded()) if self._scenes else frozenset()
        silent = self._voices.faded() if self._voices else frozenset()
        return faded | {name for name in self._names if self._voice_of[name] in silent}
