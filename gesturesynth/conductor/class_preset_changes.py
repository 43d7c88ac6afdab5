"""Classes that request another preset: when the request is passed on. Pure; time is passed in.

A class changes the preset once, when it is entered. Two things could repeat the change, and are prevented: the pose
that led to a preset may belong to a class of that preset which leads away again; and a class that is left and entered
several times while its preset is being loaded requests it each time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.model_parts import PresetClass
from gesturesynth.control.commands import Call, call

SETTLE_S: Final = 1.0
"""A class that is entered so soon after the change of preset comes from the pose that the preset began with."""

SAME_REQUEST_S: Final = 5.0
"""A request for the same preset within this time is a repetition: reading and fitting a preset takes seconds."""


class ClassPresetChanges:
    """Makes a command of a class that was entered, if its preset entry names another preset."""

    def __init__(self) -> None:
        self._playing: Path | None = None
        self._changed_s = -math.inf
        self._last_request = ("", -math.inf)

    def request(self, preset: Preset, entered: Sequence[str], now_s: float, *, enabled: bool) -> Call | None:
        """The command for the classes entered and gestures performed at this tick, or None; to be called at every tick.

        Args:
            preset: the preset that plays.
            entered: `MapperFrame.fired`, and the names of `MapperFrame.performed`.
            now_s: monotonic seconds.
            enabled: whether classes may change the preset now; a request at another time is dropped.
        """
        if preset.path != self._playing:
            self._playing, self._changed_s = preset.path, now_s
            self._last_request = ("", -math.inf)
        for name in entered:
            entry = preset.gestures.get(name) or preset.classes.get(name)
            if not enabled or entry is None or entry.preset is None or entry.preset == preset.key:
                continue
            last, last_s = self._last_request
            settle_s = SETTLE_S + (entry.hold_s if isinstance(entry, PresetClass) else 0.0)
            if now_s - self._changed_s < settle_s:
                continue
            if entry.preset == last and now_s - last_s < SAME_REQUEST_S:
                continue
            self._last_request = entry.preset, now_s
            return call("preset", [entry.preset], sender=f"{'gesture' if name in preset.gestures else 'class'} {name}")
        return None
