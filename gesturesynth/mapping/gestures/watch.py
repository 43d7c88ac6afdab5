"""The gestures of a preset while it plays: landmarks of each frame in, events and states out. Pure; time comes in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.features.computed.extractor import ComputedExtractor
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.spotter import GestureEvent, GestureSpotter, GestureState


class GestureWatch:
    """Extracts the features of gestures, and spots and follows all gestures that were taught.

    The features are those of gestures alone: what the mapping looks at does not change with them.

    Args:
        feature_names: `gesture_features` of the preset.
        smoothing: of the landmarks, as for the mapping.
        rests_s: by gesture: it does not fire again for so long.
        ahead: gestures that are performed by the body as it is predicted; the others by what is seen.
    """

    def __init__(
        self,
        feature_names: Sequence[str],
        smoothing: OneEuroSettings | None,
        rests_s: Mapping[str, float],
        ahead: Collection[str] = (),
    ) -> None:
        self._extractor = ComputedExtractor(feature_names, smoothing)
        self._rests_s = dict(rests_s)
        self._ahead = frozenset(ahead)
        self._packed = msgspec.msgpack.encode(None)
        self._spotter: GestureSpotter | None = None

    @property
    def states(self) -> Mapping[str, GestureState]:
        """Where each gesture is that was taught, by name."""
        return self._spotter.states if self._spotter else {}

    def change(self, fitted: FittedGestures | None) -> None:
        """Spots these gestures from now on; a performance that has begun is forgotten, unless nothing has changed.

        Raises:
            GestureSynthError: they were fitted to other features.
        """
        packed = msgspec.msgpack.encode(fitted)  # what is not a number differs from itself
        if packed == self._packed:
            return
        if fitted is not None and fitted.columns != self._extractor.columns:
            raise GestureSynthError(
                f"the gestures were fitted to features {fitted.columns}, but the preset has {self._extractor.columns}: "
                "train again"
            )
        self._packed = packed
        self._spotter = None
        if fitted is not None and fitted.gestures:
            self._spotter = GestureSpotter(fitted, rests_s=self._rests_s, ahead=self._ahead)

    def predict(self, ahead_s: float) -> None:
        """Carries the body forward by so much from now on, where a gesture looks ahead."""
        self._extractor.ahead_s = ahead_s if self._ahead else 0.0

    def reset(self) -> None:
        """Forgets what was seen, as for a new person."""
        self._extractor.reset()
        if self._spotter:
            self._spotter.reset()

    def observe(
        self,
        image: NDArray[np.float32] | None,
        width: int,
        height: int,
        time_s: float,
        people: RoleFrame | None = None,
    ) -> tuple[GestureEvent, ...]:
        """One frame; the gestures that were performed just now.

        Args:
            image: landmarks (33, 4), or None for a frame without a person.
            width: of the frame in pixels.
            height: likewise.
            time_s: when it was captured, of a steady clock.
            people: who has which role; by default that person is alone.
        """
        if self._spotter is None:
            return ()
        frame = self._extractor.extract(image, width, height, time_s, people)
        if frame.handed_over:  # the movement of one person is not the end of another's
            self._spotter.reset()
        if not frame.person_present:
            return self._spotter.observe(None, time_s)
        seen, predicted = (np.where(frame.seen, x, np.nan) for x in (frame.values, frame.predicted))
        return self._spotter.observe(seen, time_s, predicted)
