"""Feature extraction: landmarks in, numbers out, one call a frame.

Positions are smoothed before anything is computed from them, not the features afterwards: all features of a frame then
describe the same body; angles need no special case where they wrap; speeds come from the same smooth movement; and
because positions are in torso lengths, one setting of the filter means the same near the camera and far from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.body import RESTING, BodyFrame, PlacedBody
from gesturesynth.features.catalogue import body_recipes
from gesturesynth.features.evaluate import FASTEST, BodyState, Plan
from gesturesynth.features.landmarks import LANDMARKS, POINT
from gesturesynth.features.one_euro import GAP_S, GREATEST, MIN_STEP_S, OneEuroFilter, OneEuroSettings
from gesturesynth.features.parts import PartFeatures
from gesturesynth.features.prediction import carried, changed_ahead

SMOOTHING: Final = OneEuroSettings()
"""The smoothing of presets that do not set their own."""

NO_PERSON: Final = "no person can be seen"
POINTING: Final = "cannot be measured, it points at the camera"
TOO_SMALL: Final = "the body is too small to be measured"

JUMP: Final = 1.0
"""Torso lengths. A body that is further away in the next frame, faster than `FASTEST`, is another person."""

TYPICAL_TORSO: Final = 0.25
"""Torso length in image heights that is assumed before one was measured."""

# The place in the image is filtered along with the body; in quarters of the image height, about a torso length, so that
# the filter's settings mean nearly the same for it.
_CENTRE_UNITS: Final = 1.0 / TYPICAL_TORSO
_SHOULDERS: Final = [POINT["shoulders"]]
_PLACES: Final = RESTING.shape[0] * RESTING.shape[1]
_START: Final = np.concatenate([RESTING.reshape(_PLACES, 2), [[-0.5 * _CENTRE_UNITS, -0.5 * _CENTRE_UNITS]]])


@dataclass(frozen=True)
class FeatureFrame:
    """The features of one frame.

    Attributes:
        values: float64 (k,), one for each column, always finite. A value that cannot be measured holds its last one;
            before the first, that of a person who stands still with hanging arms in the middle of the image. After
            `one_euro.GAP_S` of frames without a person the next body is a new person, and no value is held.
        seen: bool (k,): which values were measured in this frame. All false without a person in view.
        notes: sentences for people about what cannot be seen.
        person_present: whether a body is in this frame; one without any visible landmark, and without a hand or a face
            that is needed, does not count. With several people, the one whom features without a role are measured on;
            where features name roles, another one while this one cannot be seen for a moment.
        handed_over: whether a role that is measured has gone over to another person in this frame.
        regrouped: whether a group of which something is measured has other people than in the frame before.
        absent: bool (k,): features of roles that no person has now; None where no feature names a role.
        predicted: float64 (k,), as `values`, of the body carried forward (`prediction.py`); `values` itself while
            nothing is predicted.
    """

    values: NDArray[np.float64]
    seen: NDArray[np.bool_]
    notes: tuple[str, ...]
    person_present: bool
    predicted: NDArray[np.float64]
    handed_over: bool = False
    regrouped: bool = False
    absent: NDArray[np.bool_] | None = None


class FeatureExtractor:
    """Computes the same features of one body frame after frame; for several people see `people/extractor.py`.

    Args:
        names: of features of one body, see `catalogue.FEATURES`; vectors expand to many columns.
        smoothing: None for no smoothing.

    Attributes:
        columns: `columns(names)`: the name of each value.
        state: the body as it was last measured; None before the first.
        ahead: the same, carried forward.
        ahead_s: how far the body is carried forward for `FeatureFrame.predicted`, 0 to `prediction.LONGEST_S`. A change
            takes effect over some frames, so that nothing jumps that follows the body.

    Raises:
        UnknownFeatureError: a name is not in the table.
    """

    def __init__(self, names: Iterable[str], smoothing: OneEuroSettings | None = SMOOTHING) -> None:
        recipes = body_recipes(names)
        self.columns = tuple(recipes)
        self.ahead_s = 0.0
        self._ahead_s: float | None = None  # now; None before the first body
        self._plan = Plan(list(recipes.values()))
        self._filter = OneEuroFilter(_START.ravel(), smoothing)
        self._body = BodyFrame()
        self._parts = PartFeatures(recipes.values(), smoothing)
        self._of_parts = self._parts.columns(recipes.values())
        self.state: BodyState | None = None
        self.ahead: BodyState | None = None
        self._last_notes: tuple[bytes, tuple[str, ...]] = (b"", ())
        self.reset()

    def reset(self) -> None:
        """Forgets everything, as for a new clip."""
        self._filter.reset()
        self._body.reset()
        self._parts.reset()
        self.state = self.ahead = None
        self._torso = TYPICAL_TORSO
        self._last = (-math.inf, np.zeros(2))
        self._empty_since_s = math.inf
        standing = self._plan.values(self._body_state(self._filter.value, np.zeros(_PLACES, dtype=np.bool_), 1.0))
        self._held = self._predicted = np.where(self._plan.presence, 0.0, standing)

    def extract(self, image: NDArray[np.float32] | None, width: int, height: int, time_s: float) -> FeatureFrame:
        """One frame. Never raises for any numbers in an array of the right shape.

        Args:
            image: (33, 4): x, y, z, visibility of each landmark (see `messages.Body`), or (77, 4) with hands and face
                (see `body_points.all_points`); None without a person in view. What is not finite counts as not seen.
            width: of the frame in pixels, for its aspect ratio; below 1 means no person in view.
            height: likewise.
            time_s: of the frame. Steps may be irregular; a repeated time changes nothing, and one that went back, or
                on by more than `one_euro.GAP_S`, restarts the smoothing. A time that is not finite means no person
                in view.
        """
        if image is None or width < 1 or height < 1 or not abs(time_s) <= GREATEST:
            return self._extract_absent(time_s)
        aspect = width / height
        image, points = image[: len(LANDMARKS)], image
        placed = self._body.place(image, aspect, time_s)
        if not (placed.visible.any() or self._parts.found(points)):
            return self._extract_absent(time_s)
        if time_s - self._empty_since_s > GAP_S:
            self.reset()
            placed = self._body.place(image, aspect, time_s)
        elif self._jumped(placed, time_s):
            # Another body has other lengths, too: they must not be smoothed with those of the former.
            self._filter.reset()
            self._body.reset()
            self._parts.reset()
            placed = self._body.place(image, aspect, time_s)
        self._parts.update(points, width, height, time_s)
        self._empty_since_s = math.inf
        known = placed.known.ravel()
        samples = np.concatenate([placed.positions.ravel(), placed.centre * _CENTRE_UNITS])
        present = np.concatenate([known, placed.seen[_SHOULDERS]]).repeat(2)
        self._filter.filter(samples, present, time_s)
        self._torso = placed.torso or self._torso
        self.state = self.ahead = self._body_state(self._filter.value, known, aspect)
        values = self._plan.values(self.state)
        known_columns = self._plan.known(known) & self._parts.known(self._of_parts)
        defined = np.isfinite(values)
        seen = known_columns & defined
        self._held = np.where(seen, values, self._held)
        self._ahead_s = changed_ahead(self._ahead_s, self.ahead_s)
        self._predicted = self._carry(seen, known, aspect) if self._ahead_s > 0.0 else self._held
        notes = self._missing(placed, known_columns & ~defined)
        return FeatureFrame(self._held, seen, notes, person_present=True, predicted=self._predicted)

    def _carry(self, seen: NDArray[np.bool_], known: NDArray[np.bool_], aspect: float) -> NDArray[np.float64]:
        """The features of the carried body; those that are not seen, or not defined there, hold their last value."""
        points = carried(self._filter.value.reshape(-1, 2), self._filter.velocity.reshape(-1, 2), self._ahead_s or 0.0)
        self.ahead = self._body_state(points, known, aspect)
        values = self._plan.values(self.ahead)
        return np.where(seen & np.isfinite(values), values, self._predicted)

    def _jumped(self, placed: PlacedBody, time_s: float) -> bool:
        """Whether the body has jumped: it is another one, or the landmarker has corrected itself."""
        last_s, last = self._last
        if placed.torso is None or not placed.seen[_SHOULDERS[0]] or abs(time_s - last_s) < MIN_STEP_S:
            return False
        self._last = (time_s, placed.centre)
        moved = float(np.hypot(*(placed.centre - last))) / placed.torso
        return moved > JUMP and moved > FASTEST * (time_s - last_s)

    def _body_state(self, points: NDArray[np.float64], known: NDArray[np.bool_], aspect: float) -> BodyState:
        values = points.reshape(-1, 2)
        velocities = self._filter.velocity.reshape(-1, 2)
        return BodyState(
            positions=values[:_PLACES],
            velocities=velocities[:_PLACES],
            known=known,
            centre=values[_PLACES] / _CENTRE_UNITS,
            drift=velocities[_PLACES] / (_CENTRE_UNITS * self._torso),
            torso=self._torso,
            aspect=aspect,
            parts=self._parts.measures,
        )

    def _extract_absent(self, time_s: float) -> FeatureFrame:
        self._body.mark_absent()
        if abs(time_s) <= GREATEST:
            self._empty_since_s = min(self._empty_since_s, time_s)
        alike = self._predicted is self._held
        self._held = np.where(self._plan.presence, 0.0, self._held)
        self._predicted = self._held if alike else np.where(self._plan.presence, 0.0, self._predicted)
        unseen = np.zeros(self._plan.size, dtype=np.bool_)
        return FeatureFrame(self._held, unseen, (NO_PERSON,), person_present=False, predicted=self._predicted)

    def _missing(self, placed: PlacedBody, pointing: NDArray[np.bool_]) -> tuple[str, ...]:
        missing = self._plan.landmarks & ~placed.visible
        small = placed.torso is None and bool(self._plan.landmarks.any())
        if not (small or missing.any() or pointing.any()):
            return self._parts.notes
        key = missing.tobytes() + pointing.tobytes() + bytes([small])
        if key != self._last_notes[0]:  # sentences are made when they change, not in every frame
            notes = (
                *(f"{name} cannot be seen" for name, gone in zip(LANDMARKS, missing, strict=True) if gone),
                *(f"{name} {POINTING}" for name, so in zip(self.columns, pointing, strict=True) if so),
                *((TOO_SMALL,) if small and not missing.any() else ()),
            )
            self._last_notes = (key, notes)
        return (*self._last_notes[1], *self._parts.notes)
