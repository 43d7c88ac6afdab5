"""Controls of the sound that commands move: held values, strength of a scale, volume, mute, panic, hours, cues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec
import numpy as np

from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.session import events as s
from gesturesynth.control.session.context import Choices
from gesturesynth.core.units import from_unit
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.mapping.teaching.blend import blended
from gesturesynth.runtime.messages import Sound

CUES: Final = s.CUES


class SoundControls:
    """Applies the controls to the sound of the preset that plays.

    Args:
        preset_manager: what plays.
        choices: volume, mute and panic at the start.
        gate: opening hours.
        random: generator for random sounds.

    Attributes:
        gate: the same.
        values: the values that sound, output -> value in its unit, of all outputs of the scene that are learnt; empty
            before the first tick.
        held: the values that are held, likewise; None while the mapping plays.
    """

    def __init__(
        self, preset_manager: PresetManager, choices: Choices, gate: OpeningHoursGate, random: np.random.Generator
    ) -> None:
        self.gate = gate
        self.values: dict[str, float] = {}
        self.held: dict[str, float] | None = None
        self._preset_manager = preset_manager
        self._random = random
        self._cues = [0] * len(CUES)
        self._volume_db = choices.volume_db
        self._muted, self._panic = choices.muted, choices.panic

    def play_cue(self, name: s.CueName) -> None:
        """Has the engine play a cue once."""
        self._cues[CUES.index(name)] += 1

    def execute(self, event: s.Event, snapshots: Mapping[int, Mapping[str, float]], now_s: float) -> None:
        """Does what an event asks for, if it concerns the sound.

        Args:
            event: any.
            snapshots: number -> output -> value in its unit.
            now_s: monotonic seconds.
        """
        match event:
            case s.HoldSound(target):
                self.hold(self.complete_values(snapshots.get(int(target), {})))
            case s.SetMuted() | s.SetPanic():
                self._set_silent(event)
            case s.HoldMorph(first, second, part):
                ends = (snapshots.get(int(first), {}), snapshots.get(int(second), {}))
                outputs = self._preset_manager.piece.in_scene.mapping_outputs()
                self.hold(self.complete_values(blended(outputs, *ends, part)))
            case s.HoldValues(values):
                self.hold(self.complete_values(self._within(values)))
            case s.ReleaseSound():
                self.held = None
                self._preset_manager.piece.release(now_s)
            case s.Randomise():
                self.hold(self._random_sound())
            case s.SetStrength(strength):
                piece = self._preset_manager.piece
                piece.scale = piece.scale and replace(piece.scale, strength=strength)
            case s.SetVolume(db):
                self._volume_db = db
            case s.SetOpen(on):
                self.gate.set(on=on)

    def _set_silent(self, event: s.SetMuted | s.SetPanic) -> None:
        if isinstance(event, s.SetPanic):
            self._panic = event.on
        else:
            self._muted = event.on

    def follow(self, former: Preset, preset: Preset) -> None:
        """After a change of preset: holds the same values in the new one. What was held in another scene is let go."""
        if former.path == preset.path and former.view != preset.view:
            self.held = None
        elif self.held is not None:
            self.hold(self.held)

    def complete_values(self, snapshot: Mapping[str, float]) -> dict[str, float]:
        """A value for each output: those that the snapshot does not name stay as they are now."""
        return self.values | dict(snapshot)

    def apply_to(self, sound: Sound, frame: MapperFrame) -> Sound:
        """The message for the engine: the sound of the piece with cues, volume, opening hours and mute."""
        piece = self._preset_manager.piece
        preset, played = piece.preset, {output.name for output in piece.in_scene.learned_outputs}
        pairs = zip(preset.outputs, frame.values.tolist(), strict=True)
        self.values = {output.name: value for output, value in pairs if output.name in played}
        return msgspec.structs.replace(
            sound,
            cue_counts=tuple(self._cues),
            volume_db=min(0.0, self._volume_db + preset.volume_db) + self.gate.gain_db,
            muted=self._muted or self._panic or self.gate.silent,
        )

    def hold(self, values: dict[str, float]) -> None:
        """These values sound instead of the mapping, until `ReleaseSound`."""
        self.held = values
        self._preset_manager.piece.hold(values)

    def _within(self, values: Mapping[str, float]) -> dict[str, float]:
        """The values, each within the limits of its output, and whole where that plays whole numbers."""
        outputs = {output.name: output for output in self._preset_manager.piece.in_scene.learned_outputs}
        found: dict[str, float] = {}
        for name, output in outputs.items():
            if name in values:
                value = min(output.limits[1], max(output.limits[0], values[name]))
                found[name] = float(round(value)) if output.whole else value
        return found

    def _random_sound(self) -> dict[str, float]:
        outputs = self._preset_manager.piece.in_scene.learned_outputs
        places = self._random.random(len(outputs))
        return {
            output.name: float(from_unit(np.array(place), output.low, output.high, output.warp))
            for output, place in zip(outputs, places, strict=True)
        }
