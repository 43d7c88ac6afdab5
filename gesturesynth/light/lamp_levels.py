"""The levels of one lamp: from what the piece does to its components, 0..1 each. Pure; times are passed in."""

from __future__ import annotations

import colorsys
import math
from typing import Final

from gesturesynth.runtime.light_message import LampSetup, LampSource
from gesturesynth.runtime.piece_state import VoiceState

SETTLED: Final = 3.0
"""Time constants in a glide: 95 % of the change are done after it."""


class LampLevels:
    """One copy of a lamp.

    Args:
        setup: of the lamp.
    """

    def __init__(self, setup: LampSetup) -> None:
        self._setup = setup
        self._level: float | None = None  # without flashes; None before the first step
        self._flash_s = -math.inf
        self._stepped_s = 0.0
        self._values: dict[str, float] = {}  # the last finite one, by `level`, `hue`, `saturation`

    def step(self, voice: VoiceState | None, now_s: float, *, flash: bool = False) -> tuple[float, ...]:
        """The level of each component.

        Args:
            voice: whom the lamp follows; None where the piece is gone, so that it has its idle level, or none.
            now_s: monotonic seconds.
            flash: whether it begins to flash now.
        """
        setup = self._setup
        absent = voice is None or not voice.present
        if flash:
            self._flash_s = now_s
        if voice is None:
            level = self._glide(setup.idle or 0.0, now_s)
        elif absent and setup.idle is not None:
            level = self._glide(setup.idle, now_s)
        else:
            level = self._glide(self._shaped(self._value("level", setup.level, voice)), now_s)
        if voice is not None:
            level = max(level, self._flash(now_s))
        if setup.components == "w":
            return (level,)
        hue = self._value("hue", setup.hue, voice)
        saturation = self._value("saturation", setup.saturation, voice)
        first, last = setup.hues
        degrees = first + (last - first) * hue
        colour = [level * part for part in colorsys.hsv_to_rgb(degrees / 360.0 % 1.0, saturation, 1.0)]
        white = min(colour)
        return tuple(colour) if setup.components == "rgb" else (*(part - white for part in colour), white)

    def _flash(self, now_s: float) -> float:
        """The level of the newest flash. One that has faded is nothing, not the lowest level."""
        left = 1.0 - (now_s - self._flash_s) / self._setup.decay_s
        return self._shaped(left) if left > 0.0 else 0.0

    def _shaped(self, part: float) -> float:
        setup = self._setup
        return setup.low + (setup.high - setup.low) * (part * part if setup.square else part)

    def _glide(self, target: float, now_s: float) -> float:
        passed_s, self._stepped_s = now_s - self._stepped_s, now_s
        glide_s = self._setup.glide_s
        if self._level is None or glide_s <= 0.0:
            self._level = target
        else:
            self._level += (target - self._level) * (1.0 - math.exp(-SETTLED * max(0.0, passed_s) / glide_s))
        return self._level

    def _value(self, key: str, source: LampSource, voice: VoiceState | None) -> float:
        """The value of a source now, 0..1; where it cannot be known, the last one."""
        value = math.nan if voice is None else _value(source, voice)
        if source.kind == "constant":
            value = source.value
        if math.isfinite(value):
            self._values[key] = min(1.0, max(0.0, value))
        return self._values.get(key, 0.0)


def _value(source: LampSource, voice: VoiceState) -> float:
    if source.kind == "output":
        return voice.positions.get(source.name, math.nan)
    if source.kind == "class":
        return float(voice.recognised == source.name)
    return (voice.features.get(source.name, math.nan) - source.low) / (source.high - source.low)
