"""What the microphone hears, as the engine publishes it: twelve numbers, and no sound."""

from __future__ import annotations

from typing import Final

import msgspec

EAR: Final = "ear"
"""The input whose values are those of the microphone."""
BANDS: Final = 8
LEAST_DB: Final = -120.0

NAMES: Final = ("loudness", "pitch", "onset", "brightness", *(f"band.{number}" for number in range(1, BANDS + 1)))
"""Of its features, `ear.loudness` and so on, in the order of the input's values."""
FEATURES: Final = tuple(f"{EAR}.{name}" for name in NAMES)
ALL_BANDS: Final = f"{EAR}.bands"
"""All bands together."""

HELP: Final = {
    "ear.loudness": "Level, 0 at -60 dB and 1 at full scale.",
    "ear.pitch": "Pitch of a steady tone, 0 at A1 (55 Hz) and 1 at A6 (1760 Hz), by octaves.",
    "ear.onset": "1 when a sound begins; fades in some tenths of a second.",
    "ear.brightness": "Centre of the spectrum, 0 at 200 Hz and 1 at 8 kHz, by octaves.",
    "ear.band.1": "Level of the lowest of eight bands, 60 to 116 Hz; the eighth ends at 12 kHz.",
    ALL_BANDS: "All eight bands.",
}
"""What people are told of them."""


class EarReading(msgspec.Struct, frozen=True):
    """What is heard now. Sent sixty times a second while there is a subscriber, else never.

    Attributes:
        time_s: monotonic seconds.
        level_db: RMS of about the last 20 ms, dBFS; LEAST_DB while nothing counts as heard.
        pitch_hz: of a steady tone; 0 for none.
        brightness_hz: the centre of the spectrum; 0 while it is silent.
        onsets: how many sounds have begun since the engine began to listen.
        bands_db: the level of each band, as `level_db`, the lowest one first.
    """

    time_s: float
    level_db: float
    pitch_hz: float
    brightness_hz: float
    onsets: int
    bands_db: tuple[float, ...]
