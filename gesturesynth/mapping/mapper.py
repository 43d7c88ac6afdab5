"""Playing: one body in, output values out, at every step; with nobody there, and while the model changes, too.

    features -> mapping -> live positions --+
                        -> confidence -> trust (glides) --+-- towards idle --+-- handover --> values
                        -> class guess -> class rules -> events

Trust follows confidence upwards within `return_s` and downwards within `idle_glide_s`; at 1 the model plays, at 0 the
output is idle. Each output has its own, since it may have been taught by other examples; one that nothing was taught
about is always idle. When something else begins to play at once (somebody appears, a new model takes over, a sound that
was held is let go) all outputs are handed over together, from what sounds to what is wanted now. So no output ever
steps by itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.features.extractor import FeatureExtractor, FeatureFrame
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.mapping.class_gate import ClassGate, ClassRule
from gesturesynth.mapping.learning.outputs import Output, idle_positions, to_values
from gesturesynth.mapping.learning.predictors import FittedMapping

Float = NDArray[np.float64]

RETURN_S: Final = 0.2
"""How long outputs take from idle to a person who has just appeared. With the tracker's time in front of it and a glide
behind it, they are heard within 0.3 s."""

STALE_S: Final = 0.5
"""A frame older than this says nothing about who is there now."""

LONGEST_STEP_S: Final = 0.25
"""A pause between two calls counts as this at most, so that a computer that was busy does not make outputs jump."""

FASTEST: Final = 1.0
"""Ranges a second: when a model takes over, or a sound is let go, no output moves faster; that takes as long as needed.
At 60 steps a second, less than 2 % of the range a step."""

EVEN_STEP_S: Final = 0.018
"""A step of such a crossfade counts as this at most: it goes on evenly, however busy the computer is with a fit."""

STEEPEST: Final = 1.5
"""Slope of `_smooth` in its middle."""

START: Final = 0.5
"""Where an output without an idle value waits for its first player: the middle of its range."""


@dataclass(frozen=True)
class MapperFrame:
    """All that one step brought.

    Attributes:
        values: float64 (m,), outputs in their units, within their ranges.
        positions: float64 (m,), the same as 0..1.
        features: of the newest frame.
        present: somebody is in the newest frame, and it is fresh.
        confidence: how near the pose is to what was taught, 0..1; 0 while nobody is there or nothing is taught.
        recognised: the class that is entered now; empty when there is none.
        fired: classes entered at this step.
    """

    values: Float
    positions: Float
    features: FeatureFrame
    present: bool
    confidence: float
    recognised: str
    fired: tuple[str, ...]


Part = TypeVar("Part", float, Float)


def _smooth(part: Part) -> Part:
    """0..1 to 0..1 with level ends: 3p^2 - 2p^3; its slope is 1.5 at most. Of an array: of each of its numbers."""
    return part * part * (3.0 - 2.0 * part)


class Mapper:
    """The mapping of one preset while it plays. Pure: time comes in, in seconds that only grow.

    Args:
        feature_names: of the preset.
        outputs: of the preset; may be none.
        smoothing: of the landmarks; None for none at all.
        idle_after_s: outputs hold for so long after somebody was last seen.
        idle_glide_s: and then take so long to their idle values.
        class_rules: by class; others follow `DEFAULT_RULE`.
    """

    def __init__(
        self,
        feature_names: Sequence[str],
        outputs: Sequence[Output],
        smoothing: OneEuroSettings | None,
        *,
        idle_after_s: float = 0.5,
        idle_glide_s: float = 1.5,
        class_rules: Mapping[str, ClassRule] | None = None,
    ) -> None:
        self._outputs = tuple(outputs)
        self._extractor = FeatureExtractor(feature_names, smoothing)
        self._columns = self._extractor.columns
        self._follower = ClassGate(class_rules)
        self._idle_after_s = idle_after_s
        self._idle_glide_s = max(idle_glide_s, 1e-3)
        self._idle = idle_positions(self._outputs)
        self._mapping: FittedMapping | None = None
        self._frame: FeatureFrame | None = None
        self._body_here = False
        self._last_seen_s = -math.inf
        self._time_s: float | None = None
        self._confidence = 0.0  # that somebody sees: how near the pose is to anything that was taught
        self._trusted = np.zeros(len(self._outputs))  # how near it is to what was taught of each output
        self._trust = np.zeros(len(self._outputs))  # glides after that
        self._held = np.where(np.isnan(self._idle), START, self._idle)  # where outputs without idle value stay
        self._live = self._held  # what the model says of the newest body
        self._positions = self._held  # what sounds
        self._from = self._held  # what sounded when the handover began
        self._handed = 1.0  # how much of the handover is done
        self._handover_s = RETURN_S
        self._longest_step_s = LONGEST_STEP_S  # of the handover
        self._pinned: Float | None = None  # what is held instead of all that

    @property
    def positions(self) -> dict[str, float]:
        """Where each output is now, 0..1, by name."""
        names = (output.name for output in self._outputs)
        return dict(zip(names, self._positions.tolist(), strict=True))

    def begin_at(self, positions: Mapping[str, float], recognised: str = "") -> None:
        """Begins where something else left off: outputs of these names start at these positions, 0..1.

        Call it before the first step; others start at their idle values.

        Args:
            positions: by name of the output.
            recognised: the class that is entered already, so that it is not entered again.
        """
        start = [positions.get(output.name, own) for output, own in zip(self._outputs, self._held, strict=True)]
        self._held = self._live = self._positions = np.clip(np.array(start, dtype=np.float64), 0.0, 1.0)
        self._follower.recognised = recognised
        self._hand_over(RETURN_S)

    def take_over(self, mapping: FittedMapping, time_s: float, crossfade_s: float = 0.3) -> None:
        """Plays with another model from now on; all outputs cross over together, from what sounds now.

        Args:
            mapping: the model.
            time_s: now.
            crossfade_s: how long that takes at least. It takes longer where an output would move faster than `FASTEST`;
                0 for at once.

        Raises:
            GestureSynthError: the mapping was fitted to other features or outputs.
        """
        names = tuple(output.name for output in self._outputs)
        if (mapping.columns, mapping.outputs) != (self._columns, names):
            raise GestureSynthError(
                f"the model was fitted to features {mapping.columns} and outputs {mapping.outputs}, "
                f"but the preset has {self._columns} and {names}: train again"
            )
        self._advance(time_s)
        self._compose()
        self._mapping = mapping
        if self._frame is not None and self._last_seen_s > -math.inf:
            self._look(mapping, self._frame)
            if self._body_here and time_s - self._last_seen_s <= STALE_S:
                self._trust = self._trusted
        self._cross_over(crossfade_s)

    def hold(self, positions: Float) -> None:
        """Lets these positions, float64 (m,), 0..1, sound instead of all else, at once, until `let_go`."""
        self._pinned = self._positions = np.clip(positions, 0.0, 1.0)

    def release(self, time_s: float, crossfade_s: float = 0.3) -> None:
        """Lets the mapping sound again; it crosses over as in `take_over`. Nothing happens when nothing was held."""
        if self._pinned is None:
            return
        self._advance(time_s)
        self._pinned = None
        self._cross_over(crossfade_s)

    def process_pose(
        self,
        image: NDArray[np.float32] | None,
        width: int,
        height: int,
        time_s: float,
        capture_time_s: float | None = None,
    ) -> MapperFrame:
        """A new frame.

        Args:
            image: landmarks (33, 4), or None for a frame with nobody in it.
            width: of the frame in pixels.
            height: likewise.
            time_s: now.
            capture_time_s: when the frame was taken, of any steady clock; by default now. What moves is measured by it:
                frames reach us less evenly than they were taken, and speeds would tremble with the difference.
        """
        self._advance(time_s)
        self._frame = self._extractor.extract(
            image, width, height, time_s if capture_time_s is None else capture_time_s
        )
        fired: tuple[str, ...] = ()
        if not self._frame.person_present:
            self._body_here = False
            fired = self._follower.observe("", 0.0, time_s)
        else:
            unseen_s = time_s - self._last_seen_s
            appeared = not self._body_here or unseen_s > STALE_S
            self._body_here, self._last_seen_s = True, time_s
            if self._mapping is not None:
                self._look(self._mapping, self._frame)
                fired = self._follower.observe(*self._mapping.classify(self._frame.values), time_s)
                if appeared:
                    self._trust = self._trusted
                    # After a gap of one frame nobody should feel a handover of many.
                    self._hand_over(min(RETURN_S, unseen_s))
        return self._mapper_frame(self._frame, time_s, fired)

    def tick(self, time_s: float) -> MapperFrame:
        """No new frame: holding, gliding and handing over go on."""
        self._advance(time_s)
        if self._frame is None:
            self._frame = self._extractor.extract(None, 1, 1, time_s)
        if time_s - self._last_seen_s > STALE_S:
            self._follower.observe("", 0.0, time_s)
        return self._mapper_frame(self._frame, time_s, ())

    def _look(self, mapping: FittedMapping, frame: FeatureFrame) -> None:
        """What the model says of a frame."""
        self._live = mapping.predict(frame.values)
        self._trusted = mapping.trusts(frame.values)
        self._confidence = float(self._trusted.max()) if mapping.models else mapping.confidence(frame.values)

    def _mapper_frame(self, frame: FeatureFrame, time_s: float, fired: tuple[str, ...]) -> MapperFrame:
        self._compose()
        present = self._body_here and time_s - self._last_seen_s <= STALE_S
        return MapperFrame(
            values=to_values(self._outputs, self._positions),
            positions=self._positions,
            features=frame,
            present=present,
            confidence=self._confidence if present else 0.0,
            recognised=self._follower.recognised,
            fired=fired,
        )

    def _cross_over(self, least_s: float) -> None:
        """A handover in which no output moves faster than `FASTEST`; one of no time at all is at once."""
        far = float(np.abs(self._wanted() - self._positions).max(initial=0.0))
        self._hand_over(max(least_s, STEEPEST * far / FASTEST) if least_s > 0.0 else 0.0)
        self._longest_step_s = EVEN_STEP_S

    def _hand_over(self, duration_s: float) -> None:
        self._longest_step_s = LONGEST_STEP_S
        self._from = self._positions
        self._handover_s = max(duration_s, 1e-3)
        self._handed = 0.0

    def _advance(self, time_s: float) -> None:
        """Lets trust and handover move on to `time_s`."""
        passed_s = 0.0 if self._time_s is None else min(max(time_s - self._time_s, 0.0), LONGEST_STEP_S)
        self._time_s = time_s if self._time_s is None else max(time_s, self._time_s)
        self._handed = min(1.0, self._handed + min(passed_s, self._longest_step_s) / self._handover_s)
        # Between two frames with a body in them nobody has left, however short the wait for idle is.
        patience_s = max(self._idle_after_s, STALE_S) if self._body_here else self._idle_after_s
        if self._mapping is None or time_s - self._last_seen_s > patience_s:
            wanted = np.zeros_like(self._trust)
        elif self._body_here:
            wanted = self._trusted
        else:
            wanted = self._trust
        up, down = passed_s / RETURN_S, passed_s / self._idle_glide_s
        self._trust = self._trust + np.clip(wanted - self._trust, -down, up)

    def _compose(self) -> None:
        """Positions from the model, the way to idle, and the handover."""
        self._held = np.where(self._trust >= 1.0, self._live, self._held)
        if self._pinned is not None:
            self._positions = self._pinned
            return
        self._positions = np.clip(self._from + _smooth(self._handed) * (self._wanted() - self._from), 0.0, 1.0)

    def _wanted(self) -> Float:
        """Where the outputs are when every handover is over."""
        rest = np.where(np.isnan(self._idle), self._held, self._idle)
        return np.asarray(rest + _smooth(self._trust) * (self._live - rest), dtype=np.float64)
