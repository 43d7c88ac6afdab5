"""Adds hands and a face to the bodies in each frame, as far as a preset asks for them.

One hand is looked at in a frame (`hand_finder.py`), and one face in every second one: so thirty poses a second are
left. They are those of the first person; where a preset has a voice for each person, those of up to `MOST_PERSONS`, in
turns. Where no body is in view, hands alone make one: who sits before the camera with nothing but the forearms in the
picture can play with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import log as logs
from gesturesynth.core.closable import Closable
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import LANDMARKS, Body
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest
from gesturesynth.tracking.hands_and_face.face_mesh import FaceMesh
from gesturesynth.tracking.hands_and_face.hand_finder import HandFinder
from gesturesynth.tracking.hands_and_face.person_parts import PersonParts
from gesturesynth.tracking.model.parts import PartModels

Image = NDArray[np.uint8]

FACE_EVERY_S: Final = 0.06
"""Every second frame of a camera with 30 a second."""

MOST_PERSONS: Final = 3
"""Persons who are looked at in turns: so each hand is looked at five times a second, by a camera with 30 frames. The
landmarkers of each take 80 MB (docs/hands.md)."""

GAP_S: Final = 0.5
"""A person who is hidden for longer is the first no more: as of `features/people/roles.py`, by whose first person
features of hands and of a face are measured."""

NOT_FETCHED: Final = (
    "The preset that plays asks for hands or the face, and their models are not on this computer: everything else "
    "plays on. Run `gesturesynth fetch-model` (for a service, `sudo gesturesynth install`) and start again."
)
CROWDED: Final = (
    f"Hands and faces are looked at of {MOST_PERSONS} people at the same time, those who have been here longest."
)

_NO_BODY: Final = bytes(LANDMARKS * 4 * 4), bytes(LANDMARKS * 3 * 4)
"""Of a body of which hands alone are seen: no landmark is visible."""


class HandsAndFace(Closable):
    """Looks at hands and faces.

    Args:
        models: gives the models that are there; asked when a preset asks for hands or the face.
    """

    def __init__(self, models: Callable[[], PartModels]) -> None:
        self._find_models = models
        self._models = PartModels(None, None)
        self._request = NO_REQUEST
        self._all: list[PersonParts] = []
        self._failure = self._problem = ""
        self.reset()

    def reset(self) -> None:
        """Forgets all persons."""
        self._here: dict[int, float] = {}  # when each was seen last, in the order in which they came
        self._of: dict[int, PersonParts] = {}
        self._face_s = -math.inf
        self._last = 0  # the first person of the last frame with a body
        self._crowded = False
        for parts in self._all:
            parts.reset()

    @property
    def problem(self) -> str:
        """Why something that was requested is not looked for, a sentence; empty where nothing is wrong."""
        return self._problem or (CROWDED if self._crowded else "")

    def change_request(self, request: TrackingRequest) -> None:
        """Looks for what is requested from the next frame on. What is needed no more is freed."""
        former, former_most = self._request, self._most
        self._request = request
        if (request.hands, request.face, self._most) == (former.hands, former.face, former_most):
            return
        self._problem = self._failure if request.hands or request.face else ""
        if self._failure:
            return
        self.close()
        if request.hands or request.face:
            try:
                self._load()
            except GestureSynthError as error:
                self._fail(error)
        self.reset()

    def add(self, frame: Image, bodies: tuple[Body, ...], time_s: float) -> tuple[Body, ...]:
        """The bodies of a frame with what was asked for; one of hands alone where there is none.

        Args:
            frame: uint8 (height, width, 3), red first.
            bodies: that were found in it.
            time_s: of the frame, seconds.
        """
        if not self._all:
            return bodies
        self._note(bodies, time_s)
        try:
            if len(self._all) < self._most:
                self._all.append(self._made())  # one in a frame, as each takes some tenths of a second
            if not bodies:
                return self._hands_alone(frame, time_s)
            return self._added(frame, bodies, time_s)
        except GestureSynthError as error:
            self._fail(error)
            return bodies

    def close(self) -> None:
        """Frees everything; may be called twice."""
        for parts in self._all:
            parts.close()
        self._all, self._of = [], {}

    def _note(self, bodies: tuple[Body, ...], time_s: float) -> None:
        """Notes who is here, and takes the parts of those who are not any more."""
        if 0 in self._here or any(not body.person for body in bodies):  # persons are not told apart, or were not
            self._here.clear()
        self._here.update((body.person, time_s) for body in bodies)
        for person in [one for one, seen_s in self._here.items() if not 0.0 <= time_s - seen_s <= GAP_S]:
            del self._here[person]
        for person in [one for one in self._of if one not in self._here and (self._here or one != self._last)]:
            self._of.pop(person).reset()

    def _hands_alone(self, frame: Image, time_s: float) -> tuple[Body, ...]:
        """A body of hands alone, of the person who was the first before, or none."""
        parts = self._parts(self._last)
        if parts is None:
            return ()
        parts.look_at_hands(frame, None, time_s)
        left, right = parts.hands(None, time_s)
        return (Body(*_NO_BODY, self._last, left, right),) if left or right else ()

    def _added(self, frame: Image, bodies: tuple[Body, ...], time_s: float) -> tuple[Body, ...]:
        first = next(iter(self._here))
        if first != self._last and not self._request.everyone and (former := self._of.pop(self._last, None)):
            former.reset()
        self._last = first
        wanted = list(self._here)[: self._most]
        self._crowded = self._request.everyone and len(self._here) > MOST_PERSONS
        seen = {body.person: body for body in bodies if body.person in wanted}
        looked = [(parts, seen[person]) for person in wanted if person in seen and (parts := self._parts(person))]
        if not looked:
            return bodies
        parts, body = min(looked, key=lambda one: one[0].hands_looked_s)
        parts.look_at_hands(frame, body, time_s, sharing=len(looked), anywhere=len(bodies) == 1)
        if not 0.0 <= time_s - self._face_s < FACE_EVERY_S:
            self._face_s = time_s
            parts, body = min(looked, key=lambda one: one[0].face_looked_s)
            parts.look_at_face(frame, body, time_s)
        found = {body.person: parts.on(body, time_s) for parts, body in looked}
        return tuple(found.get(body.person, body) for body in bodies)

    def _parts(self, person: int) -> PersonParts | None:
        """What looks at a person: what has looked before, or what is free; None where nothing is."""
        if person not in self._of:
            free = [parts for parts in self._all if parts not in self._of.values()]
            if not free:
                return None
            self._of[person] = free[0]
        return self._of[person]

    @property
    def _most(self) -> int:
        """How many persons are looked at, at most."""
        return min(self._request.people or 1, MOST_PERSONS) if self._request.everyone else 1

    def _load(self) -> None:
        models = self._models = self._find_models()
        if (self._request.hands and not models.hands) or (self._request.face and not models.face):
            self._problem = NOT_FETCHED
            logs.get().warning("hand or face model not found", message=NOT_FETCHED)
        if (self._request.hands and models.hands) or (self._request.face and models.face):
            self._all = [self._made()]

    def _made(self) -> PersonParts:
        hands = HandFinder(self._models.hands) if self._request.hands and self._models.hands else None
        face = FaceMesh(self._models.face) if self._request.face and self._models.face else None
        return PersonParts(hands, face)

    def _fail(self, error: GestureSynthError) -> None:
        """Poses go on without hands and a face, for the rest of this process."""
        self._problem = self._failure = (
            f"Hands and faces are not looked at any more: {error}. Everything else plays on."
        )
        logs.get().error("hands and face not found", message=self._problem)
        self.close()
