"""Adds hands and a face to the body of the first person in each frame, as far as a preset asks for them.

One hand is looked at in a frame (`hand_finder.py`), and the face in every second one: so thirty poses a second are
left. Where no body is in view, hands alone make one: who sits before the camera with nothing but the forearms in the
picture can play with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import log as logs
from gesturesynth.core.closable import Closable
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import LANDMARKS, Body
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from gesturesynth.tracking.hands_and_face.face_mesh import FaceMesh
from gesturesynth.tracking.hands_and_face.face_values import face_values
from gesturesynth.tracking.hands_and_face.hand_finder import HOLD_S, HandFinder
from gesturesynth.tracking.hands_and_face.regions import pixels
from gesturesynth.tracking.model.parts import PartModels

Image = NDArray[np.uint8]

FACE_EVERY_S: Final = 0.06
"""Every second frame of a camera with 30 a second."""

GAP_S: Final = 0.5
"""A person who is hidden for longer is the first no more: as of `features/people/roles.py`, by whose first person
features of hands and of a face are measured."""

NOT_FETCHED: Final = (
    "The preset that plays asks for hands or the face, and their models are not on this computer: everything else "
    "plays on. Run `gesturesynth fetch-model` (for a service, `sudo gesturesynth install`) and start again."
)

_NO_BODY: Final = bytes(LANDMARKS * 4 * 4), bytes(LANDMARKS * 3 * 4)
"""Of a body of which hands alone are seen: no landmark is visible."""


class HandsAndFace(Closable):
    """Looks at hands and faces.

    Args:
        models: gives the models that are there; asked when a preset asks for hands or the face.

    Attributes:
        problem: why something that was requested is not looked for, a sentence; empty where nothing is wrong.
    """

    def __init__(self, models: Callable[[], PartModels]) -> None:
        self._find_models = models
        self._request = NO_REQUEST
        self._hands: HandFinder | None = None
        self._face: FaceMesh | None = None
        self._failure = ""
        self.problem = ""
        self.reset()

    def reset(self) -> None:
        """Forgets all persons."""
        self._here: dict[int, float] = {}  # when each was seen last, in the order in which they came
        self._forget()

    def _forget(self) -> None:
        self._person = 0
        self._face_s = -math.inf
        self._held_face: tuple[bytes, float] = (b"", -math.inf)
        for part in (self._hands, self._face):
            if part:
                part.reset()

    def change_request(self, request: TrackingRequest) -> None:
        """Looks for what is requested from the next frame on. What is needed no more is freed."""
        if (request.hands, request.face) == (self._request.hands, self._request.face):
            return
        self._request = request
        self.problem = self._failure if request.hands or request.face else ""
        if self._failure:
            return
        if not request.face:
            self._face = None
        if not request.hands and self._hands:
            self._hands.close()
            self._hands = None
        if request.hands or request.face:
            try:
                self._load()
            except GestureSynthError as error:
                self._fail(error)
        self.reset()

    def add(self, frame: Image, bodies: tuple[Body, ...], time_s: float) -> tuple[Body, ...]:
        """The bodies of a frame, that of the first person with what was asked for; one of hands alone without any.

        Args:
            frame: uint8 (height, width, 3), red first.
            bodies: that were found in it.
            time_s: of the frame, seconds.
        """
        if not (self._hands or self._face):
            return bodies
        place = self._first(bodies, time_s)
        if bodies and place is None:
            return bodies
        try:
            first = self._seen_closely(frame, bodies[place] if place is not None else None, time_s)
        except GestureSynthError as error:
            self._fail(error)
            return bodies
        if first is None:
            return bodies
        return (first,) if place is None else (*bodies[:place], first, *bodies[place + 1 :])

    def _first(self, bodies: tuple[Body, ...], time_s: float) -> int | None:
        """The place of the first person's body; None where that person is hidden, or no body is in view."""
        if 0 in self._here or any(not body.person for body in bodies):  # persons are not told apart, or were not
            self._here.clear()
        self._here.update((body.person, time_s) for body in bodies)
        for person in [one for one, seen_s in self._here.items() if not 0.0 <= time_s - seen_s <= GAP_S]:
            del self._here[person]
        first = next(iter(self._here), None)
        return next((place for place, body in enumerate(bodies) if body.person == first), None)

    def close(self) -> None:
        """Frees everything; may be called twice."""
        if self._hands:
            self._hands.close()
        self._hands = self._face = None

    def _seen_closely(self, frame: Image, body: Body | None, time_s: float) -> Body | None:
        if body and body.person != self._person:
            self._forget()
            self._person = body.person
        image = body.image_array() if body else None
        hands = self._hands.find(frame, image, time_s) if self._hands else {}
        left, right = hands.get("left", b""), hands.get("right", b"")
        if body is None or image is None:
            return Body(*_NO_BODY, self._person, left, right) if left or right else None
        if self._face and not 0.0 <= time_s - self._face_s < FACE_EVERY_S:
            self._face_s = time_s
            mesh = self._face.find(frame, pixels(image, frame.shape[1], frame.shape[0]))
            values = face_values(mesh) if mesh is not None else None
            if values is not None:
                self._held_face = (values.tobytes(), time_s)
        face, face_s = self._held_face
        face = face if 0.0 <= time_s - face_s <= HOLD_S else b""
        return msgspec.structs.replace(body, left_hand=left, right_hand=right, face=face)

    def _load(self) -> None:
        models = self._find_models()
        if (self._request.hands and not models.hands) or (self._request.face and not models.face):
            self.problem = NOT_FETCHED
            logs.get().warning("hand or face model not found", message=NOT_FETCHED)
        if self._request.hands and models.hands and not self._hands:
            self._hands = HandFinder(models.hands)
        if self._request.face and models.face and not self._face:
            self._face = FaceMesh(models.face)

    def _fail(self, error: GestureSynthError) -> None:
        """Poses go on without hands and a face, for the rest of this process."""
        self.problem = self._failure = f"Hands and faces are not looked at any more: {error}. Everything else plays on."
        logs.get().error("hands and face not found", message=self.problem)
        self.close()
