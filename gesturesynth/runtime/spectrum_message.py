"""The message with the spectrum of what is heard, from the engine to programs that show it."""

from __future__ import annotations

from typing import Final

import msgspec

SPECTRUM_BANDS: Final = 64
SPECTRUM_HZ: Final = (30.0, 16000.0)
"""The lowest and the highest edge of the bands, which are equally wide on a logarithmic scale: 7 in an octave."""
SPECTRUM_LEAST_DB: Final = -120.0


class Spectrum(msgspec.Struct, frozen=True):
    """What is heard, as a picture: sent twenty times a second while a program receives it. It holds no audio.

    Attributes:
        time_s: monotonic time at which it was made, seconds.
        bands_db: the level of each of the SPECTRUM_BANDS bands, from low to high, of the last 85 ms after the master
            chain: dBFS (RMS, mean of all channels), at least SPECTRUM_LEAST_DB.
    """

    time_s: float
    bands_db: tuple[float, ...]
