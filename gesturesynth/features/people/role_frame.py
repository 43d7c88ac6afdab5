"""Who has which role in one frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.people.role_names import OWN


class RoleBody(NamedTuple):
    """The person who has a role.

    Attributes:
        person: a number that no other person has: `Body.person`, or one below 0 where persons are not told apart.
        image: landmarks (33, 4), as in `Body.image`; None while this person cannot be seen, for a moment.
    """

    person: int
    image: NDArray[np.float32] | None


@dataclass(frozen=True)
class RoleFrame:
    """Who has which role in one frame.

    Attributes:
        bodies: by role; roles that no person has are left out. The role `OWN` is that of features without a prefix.
        here: numbers of the people who are here, the first one in front; those who cannot be seen for a moment count.
        inputs: numbers that other programs send, by the name of the input; one that is silent is left out.
    """

    bodies: Mapping[str, RoleBody] = field(default_factory=dict)
    here: tuple[int, ...] = ()
    inputs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def in_view(self) -> tuple[int, ...]:
        """Numbers of those of `here` who can be seen in this frame."""
        seen = {body.person for body in self.bodies.values() if body.image is not None}
        return tuple(person for person in self.here if person in seen)

    @property
    def image(self) -> NDArray[np.float32] | None:
        """The landmarks of the person whom features without a prefix are measured on; None: not in view."""
        return self.image_of(OWN)

    def image_of(self, role: str) -> NDArray[np.float32] | None:
        """The landmarks of the person who has a role; None: no person has it, or that person cannot be seen."""
        body = self.bodies.get(role)
        return body.image if body else None

    def person_of(self, role: str) -> int:
        """The number of the person who has a role; 0: no person has it."""
        body = self.bodies.get(role)
        return body.person if body else 0

    def of_person(self, person: int) -> RoleFrame:
        """The same frame as one person has it: features without a prefix are measured on this person.

        Args:
            person: a number of `here`; any other one is not in view.
        """
        body = next((body for body in self.bodies.values() if body.person == person), None)
        others = {role: other for role, other in self.bodies.items() if role != OWN}
        return dataclasses.replace(self, bodies=others | ({OWN: body} if body else {}))

    def changed(self, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> RoleFrame:
        """The same frame with other landmarks of each body that is in view."""
        images = {b.person: change(b.image) for b in self.bodies.values() if b.image is not None}
        bodies = {role: RoleBody(b.person, images.get(b.person)) for role, b in self.bodies.items()}
        return dataclasses.replace(self, bodies=bodies)


def alone(image: NDArray[np.float32] | None) -> RoleFrame:
    """A frame with one person, or with none."""
    if image is None:
        return _EMPTY
    body = RoleBody(-1, image)
    return RoleFrame(dict.fromkeys(_ALONE, body), (-1,))


_EMPTY = RoleFrame()
_ALONE = (OWN, "first", "leftmost", "rightmost", "nearest", "longest")
