"""Quantities with a unit, and the conversion between a range and 0..1.

Every number a person writes in a preset may carry its unit (`60 ms`, `-6 dB`, `440 Hz`); without one it is taken in the
unit that the key documents. Inside the program a quantity is a plain float in the base unit of its dimension: seconds,
hertz, decibels, percent.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

from gesturesynth.core.confusables import plain, unusual_character
from gesturesynth.core.note_lengths import parse_note_length

Unit = Literal["", "Hz", "dB", "s", "%", "/s", "x", "cents", "deg", "LUFS", "note"]
"""Base units: none (a plain number), hertz, decibels, seconds, percent, events a second, a ratio, cents of pitch,
degrees, loudness; and parts of a whole note, which are written as `1/8`."""

Warp = Literal["lin", "exp"]
"""How 0..1 spreads over a range: evenly, or by equal ratios (for frequencies, times and rates; both ends above 0)."""

UNITS: Final[tuple[Unit, ...]] = ("", "Hz", "dB", "s", "%", "/s", "x", "cents", "deg")
"""Those of parameters: of all but loudness and notes."""
WARPS: Final[tuple[Warp, ...]] = ("lin", "exp")

# spelling -> (base unit, factor to it)
_SPELLINGS: Final[dict[str, tuple[Unit, float]]] = {
    "": ("", 1.0),
    "Hz": ("Hz", 1.0),
    "kHz": ("Hz", 1000.0),
    "dB": ("dB", 1.0),
    "s": ("s", 1.0),
    "ms": ("s", 0.001),
    "min": ("s", 60.0),
    "%": ("%", 1.0),
    "/s": ("/s", 1.0),
    "x": ("x", 1.0),
    "cents": ("cents", 1.0),
    "deg": ("deg", 1.0),
    "LUFS": ("LUFS", 1.0),
}
# Possessive quantifiers: a long text that is no number is read once, without backtracking.
_QUANTITY = re.compile(r"\s*+([-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?)\s*+([A-Za-z%/]*+)\s*+")


def spellings(unit: Unit) -> list[str]:
    """The ways to write a unit, base first: `['s', 'ms', 'min']`."""
    return [text for text, (base, _) in _SPELLINGS.items() if base == unit]


def parse_quantity(value: object, unit: Unit) -> float:
    """Reads a number or a text such as `60 ms` in the base unit `unit`.

    Args:
        value: a number (taken in `unit`), or a text of a number and a spelling of `unit`.
        unit: the base unit that is wanted.

    Returns:
        The value in `unit`, finite.

    Raises:
        ValueError: not a number, not finite, or another dimension; the message says what is allowed.
    """
    if unit == "note":
        return parse_note_length(plain(value) if isinstance(value, str) else value)
    example = " or ".join(f"'1 {text}'" for text in spellings(unit) if text) or "a plain number"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"expected a number, as in {example}, not {value!r}")
    if isinstance(value, str):
        text = plain(value)  # a true minus, a no-break space in front of the unit: only one thing can be meant
        match = _QUANTITY.fullmatch(text)
        if not match:
            raise ValueError(
                f"expected a number, as in {example}, not '{value}'{_cause(text) or unusual_character(text)}"
            )
        spelling = match[2]
        known = {text.lower(): text for text in _SPELLINGS}
        base, factor = _SPELLINGS.get(known.get(spelling.lower(), "?"), (None, math.nan))
        if spelling == "":
            base, factor = unit, 1.0
        if base != unit:
            raise ValueError(f"'{spelling}' is not a unit for this, expected {example}")
        number = float(match[1]) * factor
    else:
        number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, not {value!r}")
    return number


def _cause(text: str) -> str:
    """A clause that says why a text is no number, where the reason is known; else empty."""
    if re.match(r"[-+]?\d+,\d", text):
        return f"; write a point instead of the comma: '{text.replace(',', '.', 1)}'"
    if re.match(r"[-+]\s+\d|[-+]?\d+\s+\d", text):
        return "; write it without blanks in front of its digits and between them"
    return ""


def db_to_gain(level_db: float) -> float:
    """Amplitude ratio of a level: 10^(dB/20)."""
    return float(10.0 ** (level_db / 20.0))


def gain_to_db(gain: float, floor_db: float = -120.0) -> float:
    """Level of an amplitude ratio, never below `floor_db`."""
    return max(floor_db, 20.0 * math.log10(gain)) if gain > 0.0 else floor_db


def to_unit(values: NDArray[np.float64], low: float, high: float, warp: Warp) -> NDArray[np.float64]:
    """Maps values from `low`..`high` to 0..1, clamped. Any shape. `exp` needs both ends above 0 and takes ratios."""
    # Clipped first, because the logarithm and the division could overflow for a value far outside.
    import numpy as np  # noqa: PLC0415 - the command table reads units, and shells do not wait for numpy

    clipped = np.clip(values, min(low, high), max(low, high))
    result = np.log(clipped / low) / math.log(high / low) if warp == "exp" else (clipped - low) / (high - low)
    return np.asarray(np.clip(result, 0.0, 1.0), dtype=np.float64)


def from_unit(positions: NDArray[np.float64], low: float, high: float, warp: Warp) -> NDArray[np.float64]:
    """Maps 0..1 to `low`..`high`; the inverse of `to_unit`. Positions outside 0..1 are clamped first."""
    import numpy as np  # noqa: PLC0415 - see `to_unit`

    clipped = np.clip(positions, 0.0, 1.0)
    if warp == "exp":
        return np.asarray(low * (high / low) ** clipped, dtype=np.float64)
    return np.asarray(low + (high - low) * clipped, dtype=np.float64)
