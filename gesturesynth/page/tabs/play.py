"""For the tab `play`, and for all: which version this is, and the table of commands in its own words."""

from __future__ import annotations

import gesturesynth
from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.commands import key_name
from gesturesynth.page.roles import role_of_command
from gesturesynth.page.tab_service import PageQuestion, Surroundings, TabService, Values


def serve(_surroundings: Surroundings) -> TabService:
    """The questions `about` and `commands`."""
    return TabService((PageQuestion("about", "look", _about), PageQuestion("commands", "look", _commands)))


async def _about(_values: Values) -> object:
    return {"version": gesturesynth.__version__}


async def _commands(_values: Values) -> object:
    """Every command: what it does, its keys, and the role that it needs."""
    return [
        {
            "name": command.name,
            "usage": command.usage,
            "help": command.help,
            "keys": [key_name(key) for key in command.keys],
            "armed": command.armed,
            "role": role_of_command(command.name),
        }
        for command in COMMANDS.values()
    ]
