"""The One-Euro filter: strong smoothing at rest, little lag in movement.

G. Casiez, N. Roussel, D. Vogel: 1 Euro Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive
Systems. CHI 2012, pages 2527-2530. A first-order low-pass whose cutoff grows with the (itself low-passed) speed.

It filters many values at once, each with a state of its own: a value that is missing for a while is held, without an
effect on the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

GAP_S: Final = 1.0
"""A value that was missing for longer restarts with its next sample: its former state is out of date."""

VELOCITY_CUTOFF_HZ: Final = 4.0
"""Of `OneEuroFilter.velocity`: a difference from frame to frame is noisy; this averages over about 40 ms."""

MIN_STEP_S: Final = 0.0005
"""Samples closer together are one sample: a repeated time stamp, whose speed would be a division by 0."""

GREATEST: Final = 1e9
"""Samples and times beyond it count as missing, so that no sum here can overflow."""


@dataclass(frozen=True)
class OneEuroSettings:
    """The balance between smoothing and lag.

    Attributes:
        min_cutoff_hz: cutoff at rest; a lower one smooths more and lags more. 0.01 to 1000.
        beta: how much the cutoff grows with speed, Hz for each unit a second; higher follows quick movement more
            closely. 0 to 1000.
        derivative_cutoff_hz: cutoff of the speed estimate. 0.01 to 1000.

    Raises:
        ValueError: a setting is out of its range.
    """

    min_cutoff_hz: float = 1.0
    beta: float = 6.0
    derivative_cutoff_hz: float = 2.0

    def __post_init__(self) -> None:
        for name, low in (("min_cutoff_hz", 0.01), ("beta", 0.0), ("derivative_cutoff_hz", 0.01)):
            value = getattr(self, name)
            if not low <= value <= 1000.0:  # false for NaN too
                raise ValueError(f"smoothing: {name} must be from {low:g} to 1000, not {value!r}")


def low_pass_weight(cutoff_hz: NDArray[np.float64] | float, step_s: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Weight of the new sample in a first-order low-pass, 0..1: 1 / (1 + 1 / (2 pi cutoff step)). Broadcasts."""
    turned = 2.0 * math.pi * np.asarray(cutoff_hz) * step_s
    return np.asarray(turned / (1.0 + turned), dtype=np.float64)


class OneEuroFilter:
    """Filters `n` values side by side, and gives their velocities.

    Args:
        start: float64 (n,), what `filter` returns for a value before its first sample.
        settings: None passes samples through unfiltered (and still holds missing ones).

    Attributes:
        value: float64 (n,), the newest filtered values, held ones included. Not to be written to.
        velocity: float64 (n,), how fast the filtered values change, units a second, low-passed at
            `VELOCITY_CUTOFF_HZ`; 0 after a restart, held while a value is missing.
    """

    def __init__(self, start: NDArray[np.float64], settings: OneEuroSettings | None) -> None:
        self._start = np.array(start, dtype=np.float64)
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Forgets everything: the next sample of each value is taken as it is."""
        self.value = self._start.copy()
        self.velocity = np.zeros_like(self._start)
        self._slope = np.zeros_like(self._start)
        self._time_s = np.full(self._start.shape, -math.inf)

    def filter(self, samples: NDArray[np.float64], present: NDArray[np.bool_], time_s: float) -> NDArray[np.float64]:
        """Takes one sample of each value that is present.

        Args:
            samples: float64 (n,). A sample that is not finite, or beyond `GREATEST`, counts as not present.
            present: bool (n,).
            time_s: of the samples; when it is not finite, or beyond `GREATEST`, nothing is present. A value is left
                as it is until its time has moved on by `MIN_STEP_S`; it restarts when time went back or more than
                `GAP_S` has passed.

        Returns:
            `value`, always finite as long as `start` was.
        """
        if not abs(time_s) <= GREATEST:  # true for NaN too
            return self.value
        step_s = time_s - self._time_s
        restarted = (step_s > GAP_S) | (step_s < 0.0)
        accepted = present & (np.abs(samples) <= GREATEST) & (restarted | (step_s >= MIN_STEP_S))
        restarted &= accepted
        # Elements that do not follow get a step of one second and no change, and their values are set at the end.
        follow = accepted & ~restarted
        step_s = np.where(follow, step_s, 1.0)
        change = np.where(follow, samples - self.value, 0.0)
        if self._settings is None:
            moved = change
        else:
            slope = self._slope + low_pass_weight(self._settings.derivative_cutoff_hz, step_s) * (
                change / step_s - self._slope
            )
            cutoff_hz = self._settings.min_cutoff_hz + self._settings.beta * np.abs(slope)
            moved = low_pass_weight(cutoff_hz, step_s) * change
            self._slope = np.where(follow, slope, np.where(restarted, 0.0, self._slope))
        velocity = self.velocity + low_pass_weight(VELOCITY_CUTOFF_HZ, step_s) * (moved / step_s - self.velocity)
        self.velocity = np.where(follow, velocity, np.where(restarted, 0.0, self.velocity))
        self.value = np.where(restarted, samples, self.value + moved)
        self._time_s = np.where(accepted, time_s, self._time_s)
        return self.value
