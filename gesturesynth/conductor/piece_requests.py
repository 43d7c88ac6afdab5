"""What the piece itself asks for, as commands: another preset or scene, by classes, gestures and the schedule.

A class or gesture that asks for another preset is `class_preset_changes`; scenes are `pipeline/scene_changes.py`, which
`render` follows as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from gesturesynth.conductor.class_preset_changes import ClassPresetChanges
from gesturesynth.control.commands import Call, call
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.scene_changes import SceneChanges


class PieceRequests:
    """Makes a command where the piece itself asks for another preset or scene.

    Args:
        wall_clock: the time of day, with its zone.
        zone: of the schedule's times; None for that of the computer.
        chosen: the scene that plays first was chosen before a restart.
    """

    def __init__(self, wall_clock: Callable[[], datetime], zone: tzinfo | None = None, *, chosen: bool = False) -> None:
        self._wall_clock = wall_clock
        self._zone = zone
        self._presets = ClassPresetChanges()
        self._scenes = SceneChanges(chosen=chosen)

    def request(self, piece: RunningPreset, frame: MapperFrame, now_s: float, *, enabled: bool) -> Call | None:
        """The command of this tick, or None; to be called at every tick.

        Args:
            piece: that plays.
            frame: of this tick.
            now_s: monotonic seconds.
            enabled: whether preset and scene may change now.
        """
        entered = (*frame.fired, *(event.name for event in frame.performed))
        preset = self._presets.request(piece.preset, entered, now_s, enabled=enabled)
        minute = None
        if piece.preset.schedule.at:
            local = self._wall_clock().astimezone(self._zone)
            minute = 60 * local.hour + local.minute
        asked = self._scenes.request(piece.preset, piece.scene_name, frame, now_s, minute=minute, enabled=enabled)
        return preset or (call("scene", [asked.scene], sender=asked.by) if asked else None)
