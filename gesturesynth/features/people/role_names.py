"""The roles that features can be addressed to: `second.right_wrist.height`."""

from __future__ import annotations

import re
from typing import Final

OWN: Final = ""
"""The role of a feature without a prefix: the person in the role `first`, or the one whose voice it is."""

ORDINALS: Final[tuple[str, ...]] = ("first", "second", "third", "fourth", "fifth", "sixth")
"""By how long people have been here, the one who came first in front."""

NEAREST: Final = "nearest"
LEFTMOST: Final = "leftmost"
RIGHTMOST: Final = "rightmost"
LONGEST: Final = "longest"

ROLES: Final[dict[str, str]] = {
    "first": "the person who has been here longest without a break; features without a role are theirs, too",
    **{
        name: f"the person who came {before} the {previous} one"
        for previous, name, before in zip(ORDINALS, ORDINALS[1:], ("after",) * 5, strict=False)
    },
    LEFTMOST: "the person who stands farthest to the performers' left",
    RIGHTMOST: "the person who stands farthest to the performers' right",
    NEAREST: "the person who is nearest to the camera",
    LONGEST: "the person who has been here longest in all, with the time before a break",
}
"""All roles by name, with what they mean."""

PAIR: Final = ORDINALS[:2]
"""The two people whom the features `pair. ...` are measured between."""


def split_role(name: str) -> tuple[str, str]:
    """The role of a feature and the rest of its name: `second`, `lean` of `second.lean`; of `lean` an empty role."""
    role, _, rest = name.partition(".")
    return (role, rest) if role in ROLES and rest else (OWN, name)


def names_in(name: str) -> tuple[str, ...]:
    """The names of features in that of one: itself, or, where it is computed, those in its expression."""
    _, computed, expression = name.partition("] = ")
    return tuple(_NAME.findall(expression)) if computed else (name,)


def people_needed(name: str) -> int:
    """How many people a preset has to ask for, at least, so that a feature of this name means something."""
    return max(map(_needed, names_in(name)), default=1)


def _needed(name: str) -> int:
    role, _ = split_role(name)
    if role in ORDINALS:
        return ORDINALS.index(role) + 1
    return 2 if role or name.startswith(("pair.", "people.")) else 1


_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
