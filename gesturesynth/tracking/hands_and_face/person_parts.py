"""Hands and the face of one person, from frame to frame."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.closable import Closable
from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.hands_and_face.face_mesh import FaceMesh
from gesturesynth.tracking.hands_and_face.face_values import face_values
from gesturesynth.tracking.hands_and_face.hand_finder import HOLD_S, HandFinder
from gesturesynth.tracking.hands_and_face.regions import pixels

Image = NDArray[np.uint8]


class PersonParts(Closable):
    """What looks at one person, and what it found last.

    Args:
        hands: looks at hands; None where they are not asked for.
        face: likewise.

    Attributes:
        hands_looked_s, face_looked_s: when hands, and the face, were looked at last.
    """

    def __init__(self, hands: HandFinder | None, face: FaceMesh | None) -> None:
        self._hands, self._face = hands, face
        self.reset()

    def reset(self) -> None:
        """Forgets the person."""
        self.hands_looked_s = self.face_looked_s = -math.inf
        self._sharing = 1
        self._held_face: tuple[bytes, float] = (b"", -math.inf)
        for part in (self._hands, self._face):
            if part:
                part.reset()

    def look_at_hands(
        self, frame: Image, body: Body | None, time_s: float, *, sharing: int = 1, anywhere: bool = True
    ) -> None:
        """Looks at hands in a frame; see `HandFinder.look`."""
        self._sharing, self.hands_looked_s = sharing, time_s
        if self._hands:
            pose = body.image_array() if body else None
            self._hands.look(frame, pose, time_s, sharing=sharing, anywhere=anywhere)

    def look_at_face(self, frame: Image, body: Body, time_s: float) -> None:
        """Looks at the face in a frame."""
        self.face_looked_s = time_s
        if not self._face:
            return
        mesh = self._face.find(frame, pixels(body.image_array(), frame.shape[1], frame.shape[0]))
        values = face_values(mesh) if mesh is not None else None
        if values is not None:
            self._held_face = (values.tobytes(), time_s)

    def hands(self, body: Body | None, time_s: float) -> tuple[bytes, bytes]:
        """Left and right hand as `messages.Body` has them."""
        hands = self._hands.hands(body.image_array() if body else None, time_s) if self._hands else {}
        return hands.get("left", b""), hands.get("right", b"")

    def on(self, body: Body, time_s: float) -> Body:
        """The body with what was found of it."""
        left, right = self.hands(body, time_s)
        face, face_s = self._held_face
        face = face if 0.0 <= time_s - face_s <= HOLD_S * self._sharing else b""
        return msgspec.structs.replace(body, left_hand=left, right_hand=right, face=face)

    def close(self) -> None:
        """Frees the native landmarkers; may be called twice."""
        if self._hands:
            self._hands.close()
        self._hands = self._face = None
