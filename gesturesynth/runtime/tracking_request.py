"""The message with what the preset that plays asks of the tracker. A number and switches alone: no text, no address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

MOST_PEOPLE: Final = 6
"""Persons that are followed at the same time, at most."""


class TrackingRequest(msgspec.Struct, frozen=True):
    """What the tracker is to look for. Sent when it changes, and twice a second.

    A tracker that gets none goes on with the newest that it got, and before the first one with its own settings.

    Attributes:
        people: how many persons are followed at most, 1 to MOST_PEOPLE; 0 where the preset does not say, and the
            tracker's setting `camera.people` counts.
        hands: whether the fingers of hands are looked for.
        face: whether the face is looked at closely.
        everyone: whether hands and face are those of each person who is followed, and not of the first one alone.
    """

    people: Annotated[int, msgspec.Meta(ge=0, le=MOST_PEOPLE)] = 0
    hands: bool = False
    face: bool = False
    everyone: bool = False


NO_REQUEST: Final = TrackingRequest()
"""That of a preset that asks for nothing."""


class ReceiversRequest(TrackingRequest, frozen=True):
    """What computers that receive poses ask for, all of them together: from the pose server to the tracker."""


def greatest(requests: Iterable[TrackingRequest]) -> TrackingRequest:
    """What satisfies all of several requests: the greatest number of persons, and each switch that one of them has."""
    several = tuple(requests)
    return TrackingRequest(
        max((one.people for one in several), default=0),
        any(one.hands for one in several),
        any(one.face for one in several),
        any(one.everyone for one in several),
    )
