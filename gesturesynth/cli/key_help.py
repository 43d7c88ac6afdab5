"""What each key does, for the screen of the live view. Pure."""

from __future__ import annotations

import math

from rich.table import Table
from rich.text import Text

from gesturesynth.cli.pairing import KEY
from gesturesynth.control.command_table import COMMANDS, KEYS, Command
from gesturesynth.control.commands import key_name


def key_help(rows: int) -> Table:
    """What each key does, the first sentence of the command table; in two columns where there are too few rows."""
    keyed = [
        (_keys_of(command), command.name, command.help.partition(". ")[0].rstrip("."))
        for command in COMMANDS.values()
        if command.keys
    ]
    keyed.append((KEY, "pair", "Show a code that pairs a device with the page"))  # no command: this terminal shows it
    widths = max(len(keys) for keys, _, _ in keyed) + 2, max(len(name) for _, name, _ in keyed) + 2
    lines = [
        Text.assemble(
            (keys.ljust(widths[0]), "bold"),
            name.ljust(widths[1]),
            (f"{words}.", "dim"),
        )
        for keys, name, words in keyed
    ]
    columns = 1 if len(lines) <= rows else 2
    length = math.ceil(len(lines) / columns)
    table = Table.grid(padding=(0, 1), expand=True)
    for _ in range(columns):
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for row in range(length):
        table.add_row(*lines[row::length])
    return table


def _keys_of(command: Command) -> str:
    """Its keys as they are printed: `1…9`, `space`, `+ =`."""
    if all(KEYS[key][1] for key in command.keys):
        return f"{command.keys[0]}…{command.keys[-1]}"
    return " ".join(key_name(key) for key in command.keys)
