"""What outputs with a source follow: gestures, probabilities of classes, and features. Pure; time comes in.

A source gives a reading, 0..1, by the text that a preset names it with: `throw.progress`, `up.probability`, `body.x`.
A feature is read over its usual range, by an extractor of its own: what the model looks at does not change with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import feature
from gesturesynth.features.computed.extractor import ComputedExtractor
from gesturesynth.features.extractor import FeatureFrame
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.mapping.class_probabilities import ClassProbabilities, probability_readings
from gesturesynth.mapping.driven_outputs import gesture_readings
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.spotter import GestureEvent, GestureState
from gesturesynth.mapping.gestures.watch import GestureWatch


class Sources:
    """All sources of a preset while it plays.

    Args:
        gestures: spots and follows gestures; None for a preset without.
        feature_names: features of one number that outputs follow.
        smoothing: of their landmarks; None for no smoothing.
    """

    def __init__(
        self,
        gestures: GestureWatch | None = None,
        feature_names: Sequence[str] = (),
        smoothing: OneEuroSettings | None = None,
    ) -> None:
        self._gestures = gestures
        self._probabilities = ClassProbabilities()
        entries = [feature(name) for name in feature_names]
        self._names = tuple(entry.name for entry in entries)
        self._low = np.array([entry.low for entry in entries], dtype=np.float64)
        self._span = np.array([entry.high for entry in entries], dtype=np.float64) - self._low
        self._extractor = ComputedExtractor(self._names, smoothing) if entries else None
        self._frame: FeatureFrame | None = None

    @property
    def gesture_states(self) -> Mapping[str, GestureState]:
        """Where each gesture is that was taught, by name."""
        return self._gestures.states if self._gestures else {}

    @property
    def probabilities(self) -> Mapping[str, float]:
        """How certain each class is, 0..1, by name; they glide."""
        return self._probabilities.now

    def predict(self, ahead_s: float) -> None:
        """Carries the body forward by so much, 0 to `prediction.LONGEST_S`, from now on."""
        if self._gestures:
            self._gestures.predict(ahead_s)
        if self._extractor:
            self._extractor.ahead_s = ahead_s

    def change(self, fitted: FittedGestures | None) -> None:
        """Spots these gestures from now on. Raises GestureSynthError when they were fitted to other features."""
        if self._gestures:
            self._gestures.change(fitted)

    def reset(self) -> None:
        """Forgets what was seen, as for a new person."""
        if self._gestures:
            self._gestures.reset()
        if self._extractor:
            self._extractor.reset()

    def observe(
        self,
        image: NDArray[np.float32] | None,
        width: int,
        height: int,
        captured_s: float,
        people: RoleFrame | None = None,
    ) -> tuple[GestureEvent, ...]:
        """One frame, as for `PeopleExtractor.extract`; the gestures that were performed just now."""
        if self._extractor:
            self._frame = self._extractor.extract(image, width, height, captured_s, people)
        return self._gestures.observe(image, width, height, captured_s, people) if self._gestures else ()

    @property
    def person_present(self) -> bool:
        """Whether a person whom outputs follow is in the newest frame."""
        return self._frame is not None and self._frame.person_present

    @property
    def handed_over(self) -> bool:
        """Whether features of the newest frame are of another person, or of another group, than those before."""
        return self._frame is not None and (self._frame.handed_over or self._frame.regrouped)

    @property
    def absent(self) -> frozenset[str]:
        """The features of roles that no person has now."""
        if self._frame is None or self._frame.absent is None:
            return frozenset()
        return frozenset(name for name, gone in zip(self._names, self._frame.absent, strict=True) if gone)

    def aim(self, certainties: Mapping[str, float]) -> None:
        """Probabilities follow these from now on, 0..1 by class."""
        self._probabilities.aim(certainties)

    def leave(self) -> None:
        """No person is in view: probabilities fall to 0."""
        self._probabilities.leave()

    def readings(self) -> dict[str, float]:
        """All readings of the newest frame."""
        found = probability_readings(self._probabilities.now) | gesture_readings(self.gesture_states)
        if self._frame is not None and self.person_present:
            places = np.clip((self._frame.predicted - self._low) / self._span, 0.0, 1.0)
            found |= zip(self._names, places.tolist(), strict=True)
        return found

    def moved_readings(self, time_s: float) -> dict[str, float]:
        """The readings that move without a new frame, at a time in monotonic seconds."""
        return self._probabilities.readings(time_s)
