"""Gestures as they happen: features of each frame in, events and the state of each gesture out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.alignment import Alignment
from gesturesynth.mapping.gestures.fitted import STEP_S, FittedGestures
from gesturesynth.mapping.gestures.follower import ProgressFollower
from gesturesynth.mapping.gestures.frame_costs import FrameCosts
from gesturesynth.mapping.gestures.takes import GAP_S, HOLD_S

Float = NDArray[np.float64]

SETTLE_S: Final = 0.5
"""An ending that counts waits for a cheaper one as long as each frame brings one, but no longer than this."""

BETTER: Final = 0.98
"""Cheaper by less than this is not worth another frame's wait."""

END_POSE: Final = 2.0
"""The pose at the end may cost so many times the threshold: a movement that leaps to its end has not ended."""

OVERLAP: Final = 0.6
"""A performance of which more than this part already was another gesture is none."""

GREATEST: Final = 1e9
"""Seconds, and feature units: nothing that is measured on a body is further away."""


@dataclass(frozen=True)
class GestureEvent:
    """A gesture was performed.

    Attributes:
        name: of the gesture.
        start_s: when it began, on the clock of the frames.
        end_s: when it ended.
        closeness: 0.5 (only just) to 1 (as in a take).
    """

    name: str
    start_s: float
    end_s: float
    closeness: float


@dataclass(frozen=True)
class GestureState:
    """Where one gesture is now.

    Attributes:
        progress: 0 (at its beginning) to 1 (at its end).
        closeness: how near what is seen is to that place, 0 to 1; 0.5 is as far off as what only just counts. Somebody
            who stands in the pose with which the gesture begins is close, and at progress 0.
        speed: 0 (waits) and up; 1 is the tempo of the takes.
    """

    progress: float
    closeness: float
    speed: float


NOWHERE: Final = GestureState(0.0, 0.0, 0.0)


class GestureSpotter:
    """Spots and follows the gestures of a preset. Pure: time comes in.

    Args:
        gestures: what to spot.
        rest_s: a gesture does not fire again for so long.
    """

    def __init__(self, gestures: FittedGestures, *, rest_s: float = 0.25) -> None:
        self._gestures = gestures
        self._names = gestures.names
        self._rest_s = rest_s
        costs = FrameCosts(gestures.gestures)
        self._costs = costs
        self._alignment = Alignment(costs)
        self._follower = ProgressFollower(costs, np.array([gesture.duration_s for gesture in gestures.gestures]))
        self._thresholds = np.array([gesture.threshold for gesture in gestures.gestures])
        # What a take did not show cannot be asked for: the less it shows, the nearer the rest must be.
        self._limits = self._thresholds[costs.owner] * costs.shown**2
        self._alignment.end_limits = END_POSE * self._thresholds[costs.frame_owner]
        self.reset()

    def reset(self) -> None:
        """Forgets what has begun, as for somebody new."""
        self._alignment.reset()
        self._follower.reset()
        self._time_s = -math.inf  # of the newest frame
        self._features: Float | None = None
        self._last: Float | None = None  # each feature as it was last seen ...
        self._last_s: Float | None = None  # ... and when
        self._grid_s = -math.inf  # of the newest step
        self._pending: dict[int, tuple[float, int, float, int]] = {}  # gesture: ratio, start, end time, since step
        self._rested_s: dict[str, float] = {}
        self._fired: tuple[float, float] = (-math.inf, -math.inf)
        self._origin_s = 0.0
        self._absent = True

    @property
    def states(self) -> dict[str, GestureState]:
        """Where each gesture is, by name."""
        if self._absent:
            return dict.fromkeys(self._names, NOWHERE)
        follower = self._follower
        with np.errstate(divide="ignore", invalid="ignore"):
            closeness = np.nan_to_num(np.exp2(-follower.cost / self._thresholds), nan=0.0)
        return {
            name: GestureState(float(p), float(c), float(v))
            for name, p, c, v in zip(self._names, follower.progress, closeness, follower.speed, strict=True)
        }

    def observe(self, features: Float | None, time_s: float) -> tuple[GestureEvent, ...]:
        """One frame. Never raises for any numbers in an array of the right length.

        Args:
            features: (k,), NaN where not seen; None when nobody is there.
            time_s: of the frame, on a steady clock. A time that does not grow is ignored; after a gap of more than
                `takes.GAP_S` without anybody all begins again.

        Returns:
            What was performed just now; usually nothing.
        """
        if not abs(time_s) <= GREATEST or time_s <= self._time_s:
            return ()
        if features is None or not np.isfinite(features).any():
            if time_s - self._time_s > GAP_S and not self._absent:
                self.reset()
            return ()
        x = np.where(np.abs(features) <= GREATEST, features, np.nan)
        if time_s - self._time_s > GAP_S:
            self.reset()
            self._grid_s = self._origin_s = time_s
            self._absent = False
            x = self._remember(x, time_s)
            events = self._step(x, time_s)
        else:
            x = self._remember(x, time_s)
            events = self._catch_up(x, time_s)
        self._time_s, self._features = time_s, x
        return events

    def _remember(self, x: Float, time_s: float) -> Float:
        """Fills what was lost from sight just now."""
        seen = np.isfinite(x)
        if self._last is None or self._last_s is None:
            self._last, self._last_s = x.copy(), np.where(seen, time_s, -np.inf)
            return x
        self._last = np.where(seen, x, self._last)
        self._last_s = np.where(seen, time_s, self._last_s)
        return np.where(time_s - self._last_s <= HOLD_S, self._last, np.nan)

    def _catch_up(self, x: Float, time_s: float) -> tuple[GestureEvent, ...]:
        """All steps between the last frame and this one."""
        events: list[GestureEvent] = []
        before = x if self._features is None else self._features
        span_s = time_s - self._time_s
        while self._grid_s + STEP_S <= time_s + 1e-9:
            self._grid_s += STEP_S
            part = min(1.0, max(0.0, (self._grid_s - self._time_s) / span_s))
            between = before + part * (x - before)
            nearer = x if part >= 0.5 else before
            events += self._step(np.where(np.isfinite(between), between, nearer), self._grid_s)
        return tuple(events)

    def _step(self, x: Float, time_s: float) -> tuple[GestureEvent, ...]:
        if not self._names:
            return ()
        frame_costs = self._costs.at(x)
        self._alignment.advance(frame_costs)
        self._follower.advance(frame_costs)
        endings = self._alignment.endings()
        for template in np.flatnonzero(endings <= self._limits):
            gesture = int(self._costs.owner[template])
            ratio = float(endings[template] / max(self._limits[template], 1e-12))
            known = self._pending.get(gesture)
            if known is None or ratio < BETTER * known[0]:
                since = self._alignment.step if known is None else known[3]
                self._pending[gesture] = (ratio, self._alignment.start_of(int(template)), time_s, since)
        return self._settle(time_s) if self._pending else ()

    def _settle(self, time_s: float) -> tuple[GestureEvent, ...]:
        """Fires the best of what has ended, once no better ending comes, or can be waited for."""
        best = min(self._pending, key=lambda gesture: self._pending[gesture][0])
        ratio, start, end_s, since = self._pending[best]
        waited = self._alignment.step - since
        if end_s >= time_s - 1e-9 and waited < round(SETTLE_S / STEP_S):
            return ()
        start_s = self._origin_s + (start - 1) * STEP_S
        events: tuple[GestureEvent, ...] = ()
        name = self._names[best]
        overlap_s = min(self._fired[1], end_s) - max(self._fired[0], start_s)
        if overlap_s <= OVERLAP * max(end_s - start_s, STEP_S) and time_s >= self._rested_s.get(name, -math.inf):
            events = (GestureEvent(name, start_s, end_s, 2.0**-ratio),)
            self._rested_s[name] = time_s + self._rest_s
            self._fired = (start_s, end_s)
            self._follower.restart(best)
        self._alignment.forget(best)
        del self._pending[best]
        return events
