"""What the sampler plays without files: bars and reeds at three pitches, made by numpy, the same on every machine."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 48000
SECONDS: Final = 4.0
PITCHES_HZ: Final = (130.8128, 261.6256, 523.2511)
_BAR: Final = ((1.0, 1.0, -3.0), (2.756, 0.5, -12.0), (5.404, 0.25, -24.0))
"""Partials of a bar that is free at both ends: ratio, strength, what they lose until the end in dB."""
_REED: Final = tuple((float(n), n**-0.7, -2.0 * n) for n in (1, 3, 5, 7, 9))
_BEND_S: Final = 0.7
"""A slow tremolo, so that the sound lives while it is held."""


@cache
def made_samples() -> tuple[tuple[float, NDArray[np.float32]], ...]:
    """(pitch in Hz, float32 samples at RATE_HZ): at each pitch a struck bar and a reed that swells, equally loud."""
    time_s = np.arange(round(SECONDS * RATE_HZ)) / RATE_HZ
    end = np.minimum((SECONDS - time_s) / 0.05, 1.0) * (1 + 0.15 * np.sin(2 * np.pi * time_s / _BEND_S))
    made = []
    for pitch_hz in PITCHES_HZ:
        for partials, rise_s in ((_BAR, 0.002), (_REED, 0.05)):
            sound = sum(
                strength * 10 ** (loss_db * time_s / SECONDS / 20) * np.sin(2 * np.pi * ratio * pitch_hz * time_s)
                for ratio, strength, loss_db in partials
            )
            shaped = np.asarray(sound) * np.minimum(time_s / rise_s, 1.0) * end
            loud = np.sqrt(np.mean(shaped[: round(0.4 * RATE_HZ)] ** 2))
            made.append((pitch_hz, (0.14 * shaped / loud).astype(np.float32)))
    return tuple(made)
