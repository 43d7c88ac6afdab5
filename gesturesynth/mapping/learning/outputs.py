"""Outputs: the numbers that a mapping moves, each with a range in its own unit.

Inside the package `mapping` an output is a position from 0 to 1 within its range, spread by its warp; models learn
positions, so that hertz and decibels weigh the same and half way sounds half way. With soft limits a position may leave
0..1 (see `Output.reach`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.units import Unit, Warp, from_unit, to_unit

BEYOND: Final = 1.0
"""With soft limits an output leaves its range by no more than so many ranges, however far its parameter goes."""


@dataclass(frozen=True)
class Output:
    """One output.

    Attributes:
        name: unique within a preset.
        low, high: the values at the positions 0 and 1, in `unit`. `low` may be the greater one.
        unit: base unit of `low`, `high` and `idle`.
        warp: how positions spread over the range; `exp` needs both ends above 0.
        idle: where the output glides while no person is in view, within the range; None: it stays where it was.
        whole: it plays whole numbers only, and is taught whole numbers.
        limits: soft limits, lower end first, in `unit`: values may leave the range as far as these; None: hard limits,
            which are the range.
        notes: the values that it plays, the nearest one (by ratio) to where it is; empty for all. `warp` is `exp`.
    """

    name: str
    low: float
    high: float
    unit: Unit = ""
    warp: Warp = "lin"
    idle: float | None = None
    whole: bool = False
    limits: tuple[float, float] | None = None
    notes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError, with a sentence, for a range that cannot be played."""
        if not (math.isfinite(self.low) and math.isfinite(self.high)) or self.low == self.high:
            raise ValueError(
                f"the range of '{self.name}' needs two different finite ends, not {self.low} and {self.high}"
            )
        if not math.isfinite(self.high - self.low):
            raise ValueError(f"the range of '{self.name}' from {self.low} to {self.high} is too wide to count with")
        if self.warp == "exp" and min(self.low, self.high) <= 0.0:
            raise ValueError(
                f"the range of '{self.name}' from {self.low} to {self.high} cannot be spread by 'exp': "
                "both ends must be above 0 (use 'lin', or lift the lower end)"
            )
        if self.idle is not None and not min(self.low, self.high) <= self.idle <= max(self.low, self.high):
            raise ValueError(
                f"the idle value {self.idle} of '{self.name}' is outside its range {self.low} to {self.high}"
            )

    @cached_property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest position: 0 and 1 with hard limits, else from -1 to 0 and from 1 to 2."""
        if self.limits is None:
            return 0.0, 1.0
        ends = [self._beyond(limit) for limit in self.limits]
        return max(-BEYOND, min(0.0, *ends)), min(1.0 + BEYOND, max(1.0, *ends))

    def _beyond(self, value: float) -> float:
        """The position of a value, also outside the range."""
        if self.warp == "lin":
            return (value - self.low) / (self.high - self.low)
        # What is not above 0 lies below every range of that kind.
        ratio = value / self.low
        return (
            math.log(ratio) / math.log(self.high / self.low)
            if ratio > 0.0
            else math.copysign(9.0, self.low - self.high)
        )

    def position(self, value: float) -> float:
        """The position of a value: 0..1, or within `reach`; clamped."""
        return float(self.positions(np.array(value)))

    def value(self, position: float) -> float:
        """The value at a position, in `unit`, within the range or the limits."""
        return float(self.values(np.array(position)))

    def positions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions of values, any shape; clamped. NaN stays NaN."""
        taught = self.played(values)
        if self.limits is not None:
            flat = [math.nan if math.isnan(value) else self._beyond(value) for value in np.ravel(taught).tolist()]
            return np.asarray(np.clip(np.array(flat).reshape(np.shape(values)), *self.reach), dtype=np.float64)
        clipped = np.clip(taught, min(self.low, self.high), max(self.low, self.high))
        return to_unit(clipped, self.low, self.high, self.warp)

    def values(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at positions, any shape; rounding never takes them out of the range or the limits."""
        return self.played(self.fractional_values(positions))

    def played(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values that are played instead of these, any shape: whole numbers, or notes. NaN stays NaN."""
        if self.notes:
            known = np.array(self.notes)
            ratios = np.abs(np.log(np.clip(values, 1e-9, None))[..., None] - np.log(known))
            nearest = known[np.argmin(np.where(np.isnan(ratios), 0.0, ratios), axis=-1)]
            return np.asarray(np.where(np.isnan(values), values, nearest), dtype=np.float64)
        return np.asarray(np.rint(values), dtype=np.float64) if self.whole else values

    def fractional_values(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """As `values`, but not rounded to whole numbers."""
        if self.limits is None:
            values = from_unit(positions, self.low, self.high, self.warp)
            return np.asarray(np.clip(values, min(self.low, self.high), max(self.low, self.high)), dtype=np.float64)
        clipped = np.clip(positions, *self.reach)
        ratio = self.high / self.low if self.warp == "exp" else 1.0
        values = self.low * ratio**clipped if self.warp == "exp" else self.low + (self.high - self.low) * clipped
        return np.asarray(np.clip(values, *self.limits), dtype=np.float64)


def to_positions(outputs: Sequence[Output], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions of values in units, shape (..., m), within `Output.reach`; clamped. NaN (no value) stays NaN."""
    result = np.empty(np.shape(values), dtype=np.float64)
    for index, output in enumerate(outputs):
        result[..., index] = output.positions(values[..., index])
    return result


def idle_positions(outputs: Sequence[Output]) -> NDArray[np.float64]:
    """Where each output idles, 0..1, shape (m,); NaN for one that holds its last value."""
    idle = [math.nan if output.idle is None else output.position(output.idle) for output in outputs]
    return np.array(idle, dtype=np.float64)
