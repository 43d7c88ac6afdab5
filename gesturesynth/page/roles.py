"""What a device may do: `look`, `play` (what staff need beside a work) or `teach` (everything)."""

from __future__ import annotations

from typing import Final, Literal

from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.requests import MAP, MAP_POSE, REQUESTS

Role = Literal["look", "play", "teach"]
ROLES: Final[tuple[Role, ...]] = ("look", "play", "teach")
"""Each may do what those before it may."""

PLAY_COMMANDS: Final = frozenset(
    {"next", "previous", "preset", "scene", "volume", "louder", "quieter", "mute", "panic", "release", "open"}
)
"""The commands of the role `play`; all others need `teach`, also those that last until another preset plays (`tempo`,
`scale` and others): they change the piece, which is its artist's."""
LOOK_REQUESTS: Final = frozenset({MAP.name, MAP_POSE.name})
"""What the tab `map` draws: a picture, as the live one is. Other requests need `teach`: the takes are recordings of
people, and the text of the preset, with the path of its file, is for those who may change it."""


def _least(name: str) -> Role:
    if name in LOOK_REQUESTS:
        return "look"
    return "play" if name in PLAY_COMMANDS else "teach"


COMMAND_ROLES: Final[dict[str, Role]] = {name: _least(name) for name in (*COMMANDS, *REQUESTS)}
"""The least role for each command of the table, and for each request about what was taught."""


def allows(role: Role, needed: Role) -> bool:
    """Whether a device of this role may do what needs that one."""
    return ROLES.index(role) >= ROLES.index(needed)


def role_of_command(name: str) -> Role:
    """The least role for a command; `teach` for a name that is in no table."""
    return COMMAND_ROLES.get(name, "teach")
