"""Changes of scene that the piece itself asks for: classes, gestures, the schedule. Pure; time is passed in.

Two poses at the border of two classes must not make scenes flap: after a change, whatever brought it about, a class
waits for `LEAST_S`, and counts then if the pose is still held; a gesture within that time is left out. A class changes
the scene once, when it is entered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.scene_model import scene_named
from gesturesynth.mapping.mapper_frame import MapperFrame

LEAST_S: Final = 1.0
"""Between two changes of scene of which poses ask for the second one."""


class SceneRequest(NamedTuple):
    """A scene that is to play, and what asks for it: `class left`, `gesture throw`, `schedule`."""

    scene: str
    by: str


class SceneChanges:
    """Watches one preset after the other.

    Args:
        chosen: the scene that plays first was chosen, so that no time of day replaces it.
    """

    def __init__(self, *, chosen: bool = False) -> None:
        self._chosen = chosen
        self._preset: Preset | None = None
        self._scene = ""
        self._changed_s = -math.inf
        self._waiting = ""  # a class that was entered too soon after a change
        self._time: int | None = None  # the newest of the schedule's times of day that was carried out
        self._seen_s = -math.inf
        self._emptied = False
        self._turn = 0

    def request(
        self, preset: Preset, scene: str, frame: MapperFrame, now_s: float, *, minute: int | None, enabled: bool
    ) -> SceneRequest | None:
        """The scene that is to play from now on, or None; to be called at every tick.

        Args:
            preset: the whole preset that plays.
            scene: that plays.
            frame: of this tick.
            now_s: monotonic seconds.
            minute: of the day, 0..1439; None where there is no time of day.
            enabled: whether scenes may change now; what poses ask for at another time is dropped.
        """
        if not preset.scenes:
            self._preset = preset
            return None
        if self._preset is None or preset.path != self._preset.path:
            self._begin(now_s, minute if self._chosen and self._preset is None else None, preset.schedule.at)
        self._preset = preset
        if scene != self._scene:
            self._scene, self._changed_s, self._waiting = scene, now_s, ""
        if frame.present:
            self._seen_s, self._emptied = now_s, False
        asked = self._by_pose(preset, frame, now_s, enabled=enabled)
        if not enabled:
            return None
        return asked or self._by_schedule(preset, now_s, minute)

    def _begin(self, now_s: float, minute: int | None, at: Mapping[int, str]) -> None:
        """Another preset plays; with `minute`, what the schedule says of this time of day is done already."""
        self._changed_s = self._seen_s = now_s
        self._scene = self._waiting = ""
        self._time = None if minute is None else _newest(at, minute)
        self._emptied, self._turn = False, 0

    def _by_pose(self, preset: Preset, frame: MapperFrame, now_s: float, *, enabled: bool) -> SceneRequest | None:
        names, settled = tuple(preset.scenes), now_s - self._changed_s >= LEAST_S
        for entered in (*frame.fired, *(event.name for event in frame.performed)):
            entry = preset.gestures.get(entered) or preset.classes.get(entered)
            wanted = scene_named(names, entry.scene, self._scene) if entry and entry.scene else ""
            if not wanted or wanted == self._scene or not enabled:
                continue
            by_gesture = entered in preset.gestures
            if settled:
                return SceneRequest(wanted, f"{'gesture' if by_gesture else 'class'} {entered}")
            self._waiting = self._waiting if by_gesture else entered
        if self._waiting and (frame.recognised != self._waiting or not enabled):
            self._waiting = ""
        if not self._waiting or not settled:
            return None
        name, self._waiting = self._waiting, ""
        wanted = scene_named(names, preset.classes[name].scene or "", self._scene) if name in preset.classes else ""
        return SceneRequest(wanted, f"class {name}") if wanted and wanted != self._scene else None

    def _by_schedule(self, preset: Preset, now_s: float, minute: int | None) -> SceneRequest | None:
        schedule = preset.schedule
        wanted = ""
        newest = _newest(schedule.at, minute) if minute is not None else None
        if newest is not None and newest != self._time:
            self._time = newest
            wanted = schedule.at[newest]
        elif schedule.when_empty and now_s - self._seen_s >= schedule.after_s:
            wanted, self._emptied = "" if self._emptied else schedule.when_empty, True
        elif schedule.every_s is not None and now_s - self._changed_s >= schedule.every_s:
            self._changed_s = now_s  # also where the next one is the same
            wanted = self._next_in(schedule.order)
        return SceneRequest(wanted, "schedule") if wanted and wanted != self._scene else None

    def _next_in(self, order: tuple[str, ...]) -> str:
        """The scene after the one that plays; an order may name a scene several times."""
        if self._scene not in order:
            self._turn = 0
        else:
            here = self._turn if order[self._turn % len(order)] == self._scene else order.index(self._scene)
            self._turn = (here + 1) % len(order)
        return order[self._turn]


def _newest(at: Mapping[int, str], minute: int) -> int | None:
    """The newest time of a schedule at a minute of the day; before the first of the day, the last of the day before."""
    if not at:
        return None
    return max((time for time in at if time <= minute), default=max(at))
