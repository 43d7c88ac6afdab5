"""Sound files for tests, made here: tones of a known pitch in the four formats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray


def tone(hz: float, seconds_s: float, rate_hz: int, *, channels: int = 1, peak: float = 0.5) -> NDArray[np.float64]:
    """A sine, shape (samples, channels)."""
    time_s = np.arange(round(seconds_s * rate_hz)) / rate_hz
    return np.repeat(peak * np.sin(2 * np.pi * hz * time_s)[:, np.newaxis], channels, axis=1)


def write_tone(
    path: Path, hz: float, seconds_s: float = 1.5, rate_hz: int = 44100, *, channels: int = 1, peak: float = 0.5
) -> Path:
    """Writes one; the ending of the name says the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone(hz, seconds_s, rate_hz, channels=channels, peak=peak), rate_hz)
    return path
