"""Requests about what was taught: answered with a report in JSON, they change nothing and are no commands.

They have no key and no cue, and are not shown as the last command, so that a program may send them as often as it
draws its list.
"""

from __future__ import annotations

from typing import Final

from gesturesynth.control.arguments import Argument
from gesturesynth.control.command_table import MOST_TAKES, Command

TAKES: Final = Command(
    "takes",
    "The list of takes of the preset that plays, the newest first, also those that are deleted; a page of it.",
    (Argument("PAGE", "int", "From 1, the newest; left out, 1.", 1, MOST_TAKES, optional=True),),
)
TAKE: Final = Command(
    "take",
    "One take: its entry in the list, its mean pose, and how far each landmark moved in it.",
    (Argument("TAKE", "int", "Its number.", 1, MOST_TAKES),),
)

REQUESTS: Final[dict[str, Command]] = {request.name: request for request in (TAKES, TAKE)}
"""Every request by its name."""
