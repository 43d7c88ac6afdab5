"""Classes that ask for another preset: when they may have it. Pure; time is passed in.

A pose changes the preset once, on being entered. Two things would make it go on and on, and are kept from it: the pose
that led to a preset may be one that leads away from it again; and a pose that flickers asks anew while it is being
done as asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gesturesynth.config.preset.model import Preset
from gesturesynth.control.commands import Call, call

SETTLE_S: Final = 1.0
"""A class entered so soon after a preset has begun is the pose that it began with: nobody has chosen it here."""

PATIENCE_S: Final = 5.0
"""For so long the same wish is the same wish: reading a preset and fitting its model takes its time."""


class ClassPresetChanges:
    """Makes commands of classes that were entered."""

    def __init__(self) -> None:
        self._playing: Path | None = None
        self._begun_s = -math.inf
        self._wished = ("", -math.inf)

    def request(self, preset: Preset, entered: Sequence[str], now_s: float, *, heed: bool) -> Call | None:
        """What the classes that were entered at this step ask for; to be called at every step.

        Args:
            preset: what plays.
            entered: `MapperFrame.fired`.
            now_s: monotonic seconds.
            heed: whether they may ask for something; what they cannot have is forgotten.
        """
        if preset.path != self._playing:
            self._playing, self._begun_s = preset.path, now_s
            self._wished = ("", -math.inf)
        for name in entered:
            entry = preset.classes.get(name)
            if not heed or entry is None or entry.preset is None or entry.preset == preset.key:
                continue
            wished, wished_s = self._wished
            if now_s - self._begun_s < entry.hold_s + SETTLE_S:
                continue
            if entry.preset == wished and now_s - wished_s < PATIENCE_S:
                continue
            self._wished = entry.preset, now_s
            return call("preset", [entry.preset], sender=f"class {name}")
        return None
