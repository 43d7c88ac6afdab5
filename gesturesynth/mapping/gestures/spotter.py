"""Gestures as they happen: features of each frame in, events and the state of each gesture out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.alignment import OPEN_ENDS, SLOWEST, Alignment
from gesturesynth.mapping.gestures.fitted import STEP_S, FittedGestures
from gesturesynth.mapping.gestures.follower import ProgressFollower
from gesturesynth.mapping.gestures.frame_costs import FrameCosts
from gesturesynth.mapping.gestures.takes import GAP_S, HOLD_S, LATEST_S, plausible, travelled

Float = NDArray[np.float64]

PATIENCE: Final = 2
"""An ending that lacks the last frames of the gesture waits for so many times as many, after the last that brought it
further: so long they take at half the tempo. One that lacks nothing fires as soon as a frame brings no cheaper one."""

CHEAPER: Final = 0.03
"""Parts of the threshold. An ending that is cheaper by less is not worth another frame's wait."""

LEAST_TRAVEL, GREATEST_TRAVEL = 0.4, 2.0
"""What moves in the gesture goes at least and at most so many times as far in a performance: without the second arm
there is no jumping jack."""

END_POSE: Final = 2.0
"""The first and the last pose may cost so many times the threshold: a movement that leaps to its end has not ended."""

OVERLAP: Final = 0.6
"""A performance of which more than this part already was another gesture is none."""


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


class GestureState(NamedTuple):
    """Where one gesture is now.

    Attributes:
        progress: 0 (at its beginning) to 1 (at its end).
        closeness: how near what is seen is to that place, 0 to 1; 0.5 is as far off as what only just counts. A
            person who stands in the pose with which the gesture begins is close, and at progress 0.
        speed: 0 (waits) and up; 1 is the tempo of the takes.
    """

    progress: float
    closeness: float
    speed: float


@dataclass(frozen=True)
class _Ending:
    """A performance that may have ended.

    Attributes:
        ratio: of its cost to the greatest that counts.
        start, step: at which it began and ended.
        end_s: time of `step`.
        lacks: how many of the template's last frames are missing.
    """

    ratio: float
    start: int
    step: int
    end_s: float
    lacks: int


NOWHERE: Final = GestureState(0.0, 0.0, 0.0)


class GestureSpotter:
    """Spots and follows the gestures of a preset. Pure: time comes in.

    Args:
        gestures: what to spot.
        rest_s: a gesture does not fire again for so long.
        rests_s: the same, for single gestures, by name.
        ahead: gestures for which predicted features count.
    """

    def __init__(
        self,
        gestures: FittedGestures,
        *,
        rest_s: float = 0.25,
        rests_s: Mapping[str, float] | None = None,
        ahead: Collection[str] = (),
    ) -> None:
        self._gestures = gestures
        self._names = gestures.names
        self._rests_s = dict.fromkeys(self._names, rest_s) | dict(rests_s or {})
        costs = FrameCosts(gestures.gestures)
        self._costs = costs
        self._count = len(gestures.columns)
        self._ahead = np.array([name in ahead for name in self._names], dtype=np.bool_)[costs.frame_owner]
        self._looks_ahead = bool(self._ahead.any())
        self._follower = ProgressFollower(costs, np.array([gesture.duration_s for gesture in gestures.gestures]))
        self._thresholds = np.array([gesture.threshold for gesture in gestures.gestures])
        # What a take did not show cannot be asked for: the less it shows, the nearer the rest must be.
        self._limits = self._thresholds[costs.owner] * costs.shown**2
        end_limits = END_POSE * self._thresholds[costs.frame_owner]
        self._alignment = Alignment(costs, end_limits)
        beginning = (costs.index >= 0) & (costs.index <= OPEN_ENDS * costs.length)
        self._start_limits = np.where(beginning, end_limits, -1.0)
        self._softness = -1.0 / np.maximum(self._thresholds, 1e-12)
        longest = int(costs.length.max(initial=1))
        steps = math.ceil((SLOWEST + PATIENCE * OPEN_ENDS) * longest) + 1
        # Twice: the newest steps are always one piece of it.
        self._recent = np.zeros((2 * steps, len(gestures.columns)))
        self.reset()

    def reset(self) -> None:
        """Forgets what has begun, as for another person."""
        self._alignment.reset()
        self._follower.reset()
        self._time_s = -math.inf  # of the newest frame
        self._features: Float | None = None
        self._last: Float | None = None  # each feature as it was last seen ...
        self._last_s: Float | None = None  # ... and when
        self._grid_s = -math.inf  # of the newest step
        self._pending: dict[int, _Ending] = {}
        self._states: dict[str, GestureState] | None = None
        self._rested_s: dict[str, float] = {}
        self._fired: tuple[float, float] = (-math.inf, -math.inf)
        self._origin_s = 0.0
        self._absent = True

    @property
    def states(self) -> dict[str, GestureState]:
        """Where each gesture is, by name."""
        if self._absent:
            return dict.fromkeys(self._names, NOWHERE)
        if self._states is None:
            closeness = np.exp2(self._follower.cost * self._softness).tolist()
            readings = zip(self._follower.progress.tolist(), closeness, self._follower.speed.tolist(), strict=True)
            self._states = dict(zip(self._names, map(GestureState._make, readings), strict=True))
        return self._states

    def observe(
        self, features: Float | None, time_s: float, predicted: Float | None = None
    ) -> tuple[GestureEvent, ...]:
        """One frame. Never raises for any numbers in an array of the right length.

        Args:
            features: (k,), NaN where not seen; None for a frame without a body.
            time_s: of the frame, on a steady clock. A time that does not grow is ignored; after a gap of more than
                `takes.GAP_S` without a person all begins again.
            predicted: (k,), where the features will be, for gestures that look ahead; None: where they are.

        Returns:
            What was performed just now; usually nothing.
        """
        if not abs(time_s) <= LATEST_S or time_s <= self._time_s:
            return ()
        if features is None or not np.isfinite(features).any():
            if time_s - self._time_s > GAP_S and not self._absent:
                self.reset()
            return ()
        if self._looks_ahead:  # both, side by side, go through the same steps
            features = np.concatenate([features, features if predicted is None else predicted])
        x = plausible(features)
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
        frame_costs = self._costs.at(x[: self._count])
        if self._looks_ahead:
            frame_costs = np.where(self._ahead, self._costs.at(x[self._count :]), frame_costs)
        self._alignment.advance(frame_costs)
        self._keep(x[: self._count])
        self._follower.advance(frame_costs)
        self._states = None
        for end in self._alignment.found(self._limits):
            gesture = int(self._costs.owner[end.template])
            ratio = end.cost / max(float(self._limits[end.template]), 1e-12)
            known = self._pending.get(gesture)
            if known is not None and ratio >= known.ratio:
                continue
            if known is None or ratio < known.ratio - CHEAPER or end.lacks < known.lacks:
                self._pending[gesture] = _Ending(ratio, end.start, self._alignment.step, time_s, end.lacks)
        return self._settle(time_s) if self._pending else ()

    def _keep(self, x: Float) -> None:
        """Keeps the features of the newest steps."""
        size = len(self._recent) // 2
        place = self._alignment.step % size
        self._recent[place] = self._recent[place + size] = x

    def _kept(self, count: int) -> Float:
        """The features of the newest steps, (count, k), the last one last."""
        size = len(self._recent) // 2
        end = self._alignment.step % size + size + 1
        return self._recent[end - min(count, size) : end]

    def _settle(self, time_s: float) -> tuple[GestureEvent, ...]:
        """Fires the best of what has ended, once no better ending comes, or can be waited for."""
        best = min(self._pending, key=lambda gesture: self._pending[gesture].ratio)
        ending = self._pending[best]
        patience = 1 + PATIENCE * ending.lacks
        if self._alignment.step - ending.step < patience:
            return ()
        event = self._event(best, ending, time_s)
        if event is not None:
            self._rested_s[event.name] = time_s + self._rests_s[event.name]
            self._fired = (event.start_s, event.end_s)
        self._alignment.forget(best)
        del self._pending[best]
        return () if event is None else (event,)

    def _event(self, gesture: int, ending: _Ending, time_s: float) -> GestureEvent | None:
        """The event of an ending; None when it was another gesture's, comes too soon, or did not go as far."""
        name = self._names[gesture]
        start_s = self._origin_s + (ending.start - 1) * STEP_S
        overlap_s = min(self._fired[1], ending.end_s) - max(self._fired[0], start_s)
        if overlap_s > OVERLAP * max(ending.end_s - start_s, STEP_S) or time_s < self._rested_s.get(name, -math.inf):
            return None
        ago = self._alignment.step - ending.start + 1
        performed = self._kept(ago)
        own = self._costs.owned[gesture]
        if (self._costs.at(performed[0], own) > self._start_limits[own]).all():
            return None
        with np.errstate(invalid="ignore"):
            way = travelled(performed) / self._gestures.gestures[gesture].travel.view
        if (way < LEAST_TRAVEL).any() or (way > GREATEST_TRAVEL).any():
            return None
        return GestureEvent(name, start_s, ending.end_s, 2.0**-ending.ratio)
