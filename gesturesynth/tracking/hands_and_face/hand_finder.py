"""Looks at the two hands of one person: in squares around the wrists of the pose, and in the whole frame without them.

In each frame one square is looked at, the two in turn where both wrists are in view (both of them where frames come
slowly). Between two looks, and for
`HOLD_S` after a hand was lost, its newest landmarks move along with the wrist of the pose. Where no hand was found for
`SEARCH_S` (no body is in view, or the pose is wrong, as of a picture with forearms alone), every second look is at the
whole frame; and as long as hands are found there, all looks are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.closable import Closable
from gesturesynth.runtime.body_points import SIDES, Side
from gesturesynth.tracking.hands_and_face.hand_landmarker import Hand, HandLandmarker
from gesturesynth.tracking.hands_and_face.regions import HandRegion, Square, pixels

Image = NDArray[np.uint8]
Array = NDArray[np.float64]

HOLD_S: Final = 0.25
"""A hand that is not found is held for so long: of ten looks a second, two may miss. Where several persons are looked
at in turns, a multiple of it."""
SEARCH_S: Final = 0.5
OVERDUE_S: Final = 0.12
"""A wrist in view is looked at again after so long, even if the other one was looked at in the same frame."""
FARTHEST: Final = 0.35
"""How far a hand's wrist may be from that of the pose, sides of the square."""

_WRISTS: Final[dict[Side, int]] = {"left": 15, "right": 16}


@dataclass(frozen=True)
class _Held:
    """A hand as it was found last, and where the wrist of the pose was then, both in fractions of the frame."""

    hand: Hand
    wrist: Array | None
    time_s: float


class HandFinder(Closable):
    """Follows two hands.

    Args:
        bundle: of `model.parts`.

    Raises:
        GestureSynthError: MediaPipe cannot be loaded, or refuses the bundle.
    """

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._near = {side: HandLandmarker(bundle, 1) for side in SIDES}
        self._anywhere: HandLandmarker | None = None
        self._regions = {side: HandRegion(side) for side in SIDES}
        self.reset()

    def reset(self) -> None:
        """Forgets the person."""
        self._sharing = 1
        for region in self._regions.values():
            region.reset()
        self._held: dict[Side, _Held] = {}
        self._looked_s = dict.fromkeys(SIDES, -math.inf)
        self._search_next = False
        self._found_s: float | None = None
        self._found_anywhere_s = -math.inf

    def look(
        self,
        frame: Image,
        pose: NDArray[np.float32] | None,
        time_s: float,
        *,
        sharing: int = 1,
        anywhere: bool = True,
    ) -> None:
        """Looks at one of the hands, or at both where frames come slowly.

        Args:
            frame: uint8 (height, width, 3), red first.
            pose: landmarks (33, 4) of the person; None where no body is in view.
            time_s: of the frame, seconds.
            sharing: how many persons are looked at in turns.
            anywhere: whether the whole frame may be searched; with other people in it, a hand there may be anyone's.
        """
        self._sharing = sharing
        if not anywhere:
            if pose is not None:
                self._look_near(frame, pose, time_s)
            return
        if self._found_s is None or self._found_s > time_s:
            self._found_s = time_s
        if time_s - self._found_anywhere_s <= HOLD_S:
            self._look_anywhere(frame, time_s)
        elif time_s - self._found_s > SEARCH_S and (self._search_next or pose is None):
            self._search_next = False
            self._look_anywhere(frame, time_s)
        else:
            self._search_next = True
            if pose is not None:
                self._look_near(frame, pose, time_s)

    def hands(self, pose: NDArray[np.float32] | None, time_s: float) -> dict[Side, bytes]:
        """The hands in a frame as bytes of `messages.Body`; empty where none is.

        Args:
            pose: landmarks (33, 4) of the person; None where no body is in view.
            time_s: of the frame, seconds.
        """
        return {side: self._hand(side, pose, time_s) for side in SIDES}

    def close(self) -> None:
        """Frees the landmarkers; may be called twice."""
        for task in (*self._near.values(), *((self._anywhere,) if self._anywhere else ())):
            task.close()
        self._near, self._anywhere = {}, None

    def _look_near(self, frame: Image, pose: NDArray[np.float32], time_s: float) -> None:
        points = pixels(pose, frame.shape[1], frame.shape[0])
        squares = {side: self._regions[side].follow(points) for side in SIDES}
        due = sorted((side for side in SIDES if squares[side]), key=lambda side: self._looked_s[side])
        for number, side in enumerate(due):
            if not number or not 0.0 <= time_s - self._looked_s[side] < OVERDUE_S * self._sharing:
                self._looked_s[side] = time_s
                self._look_at(side, squares[side], frame, pose, time_s)

    def _look_at(
        self, side: Side, square: Square | None, frame: Image, pose: NDArray[np.float32], time_s: float
    ) -> None:
        hand = self._near[side].in_square(frame, square, time_s) if square else None
        if hand is None or square is None:
            return
        points = pixels(pose, frame.shape[1], frame.shape[0])
        if not _is_its_own(hand[0, :2].astype(np.float64) * frame.shape[1::-1], side, square, points):
            self._near[side].forget(time_s)  # it follows the other hand
            return
        self._held[side] = _Held(hand, pose[_WRISTS[side], :2].astype(np.float64), time_s)
        self._found_s = time_s

    def _look_anywhere(self, frame: Image, time_s: float) -> None:
        if self._anywhere is None:
            self._anywhere = HandLandmarker(self._bundle, 2)
        for side, hand in self._anywhere.in_frame(frame, time_s).items():
            self._held[side] = _Held(hand, None, time_s)
            self._found_s = self._found_anywhere_s = time_s

    def _hand(self, side: Side, pose: NDArray[np.float32] | None, time_s: float) -> bytes:
        held = self._held.get(side)
        if held is None or not 0.0 <= time_s - held.time_s <= HOLD_S * self._sharing:
            return b""
        if pose is None or held.wrist is None:
            return held.hand.tobytes()
        moved = held.hand.copy()
        moved[:, :2] += pose[_WRISTS[side], :2] - held.wrist
        return moved.tobytes()


def _is_its_own(wrist: Array, side: Side, square: Square, points: Array) -> bool:
    """Whether a hand hangs on this wrist of the pose, and not on the other one."""
    own, other = (float(np.hypot(*(wrist - points[_WRISTS[each], :2]))) for each in (side, _other(side)))
    return own <= FARTHEST * square.side and own <= other


def _other(side: Side) -> Side:
    return "left" if side == "right" else "right"
