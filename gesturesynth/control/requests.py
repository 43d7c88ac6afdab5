"""Requests, about the preset and what was taught: answered with a report in JSON; they change nothing.

They are no commands: they have no key and no cue, and are not shown as the last command, so that a program may send
them as often as it draws its list.
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

TAKE_POSES: Final = Command(
    "take-poses",
    "The poses of a take, to be played back on a screen, with what the mapping makes of each. Nothing is heard; "
    "`listen` lets it be heard.",
    (Argument("TAKE", "int", "Its number.", 1, MOST_TAKES),),
    socket_only=True,
)
PRESET_TEXT: Final = Command(
    "preset-text",
    "The text of the preset that plays, with its values and its errors, and whether it is edited and not kept.",
    socket_only=True,
)
CHECK_TEXT: Final = Command(
    "check-text",
    "What is wrong with a text of the preset, each with its line and column. Nothing is played.",
    (Argument("TEXT", "document", "All of the preset, as YAML."),),
    socket_only=True,
)
PRESET_SCHEMA: Final = Command("preset-schema", "The JSON Schema of presets, for forms and editors.", socket_only=True)
MAP: Final = Command(
    "map",
    "The map of the examples that the model was fitted to: points that are near each other where poses are alike.",
    socket_only=True,
)
MAP_POSE: Final = Command(
    "map-pose",
    "The skeleton of a point of the map.",
    (Argument("ROW", "int", "The example, as `rows` of the map has it.", 0, MOST_TAKES),),
    socket_only=True,  # skeletons of takes are not given over OSC
)

REQUESTS: Final[dict[str, Command]] = {
    request.name: request
    for request in (TAKES, TAKE, TAKE_POSES, PRESET_TEXT, CHECK_TEXT, PRESET_SCHEMA, MAP, MAP_POSE)
}
"""Every request by its name."""
