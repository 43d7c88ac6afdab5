"""Who is here and in which roles, to be shown to people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.features.people.role_names import ORDINALS, OWN, ROLES, names_in, split_role
from gesturesynth.runtime.readings import PersonReading


def people_readings(frame: RoleFrame, names: Sequence[str]) -> tuple[PersonReading, ...]:
    """The people who are here, the first one in front; none where one alone is followed, who has no number.

    Args:
        frame: who has which role.
        names: features of the preset. Of the roles that go by a measure, those are told that one of them names.
    """
    if all(person < 0 for person in frame.here) and len(frame.here) < 2:
        return ()
    told = _named_roles(tuple(names))
    return tuple(
        PersonReading(
            max(person, 0),
            tuple(role for role, body in frame.bodies.items() if body.person == person and role in told),
            person in frame.in_view,
        )
        for person in frame.here
    )


def persons_by_role(frame: RoleFrame | None) -> dict[str, float]:
    """`first.person` and so on, for all roles: the number of the person; 0 where there is none."""
    return {f"{role}.person": float(max(0, frame.person_of(role))) if frame else 0.0 for role in ROLES}


@cache
def _named_roles(names: tuple[str, ...]) -> frozenset[str]:
    named = {split_role(part)[0] for name in names for part in names_in(name)}
    return frozenset(role for role in ROLES if role in ORDINALS or role in named - {OWN})
