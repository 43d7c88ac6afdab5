"""Commands that were given: what came from outside, checked by the table of commands.

A command is a name and a few values. `call` is the only way from outside to a `Call`: its values have the right count,
types and ranges, so that later code does not check again.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.arguments import TEXT_LIMIT, Value, shown
from gesturesynth.control.command_table import COMMANDS, KEY_NAMES, Command
from gesturesynth.control.requests import REQUESTS
from gesturesynth.core.errors import UserError

COMMAND_LINE: Final = "command line"
"""`Call.sender` of a shell; every value of its commands is a text."""
OSC: Final = "osc "
"""`Call.sender` of OSC begins with this; behind it are the sender's host and port."""
KEYBOARD: Final = "keyboard"
"""`Call.sender` of the terminal that shows the live view."""
KEYPAD: Final = "keypad"
"""`Call.sender` of keyboards and keypads that are read without a terminal."""
MIDI: Final = "midi"
"""`Call.sender` of notes, controllers and program changes that are bound to commands."""

PAGE: Final = "page"
"""`Call.sender` of the web page begins with this; behind a colon is the number of the browser, see `sender_at_page`."""


class CommandError(UserError):
    """A command that does not exist, or values that it cannot take; a sentence for its sender."""


@dataclass(frozen=True)
class Call:
    """A command with its values, checked.

    Attributes:
        command: a name in `COMMANDS`, or in `REQUESTS`.
        values: of the types and in the ranges of its arguments; optional ones may be missing at the end.
        sender: where it comes from: `keyboard`, `keypad`, `midi`, `page:3`, `osc 127.0.0.1:5000`, `command line`.
    """

    command: str
    values: tuple[Value, ...]
    sender: str

    @property
    def text(self) -> str:
        """The command as a person would type it: `select 3`. Of a long text its length stands there."""
        return " ".join((self.command, *(_value_text(value) for value in self.values)))

    @property
    def switch(self) -> bool | None:
        """Its value, where that is a switch; None where it was left out."""
        return bool(self.values[0]) if self.values else None


def sender_at_page(viewer: int) -> str:
    """`Call.sender` of a browser at the page, by its number, from 1."""
    return f"{PAGE}:{viewer}"


def viewer_of(call: Call | None) -> int:
    """The number of the browser that a command comes from; 0 where it comes from none."""
    name, _, viewer = (call.sender if call else "").partition(":")
    return int(viewer) if name == PAGE and viewer else 0


def call(name: str, values: Sequence[object], sender: str) -> Call:
    """Checks a command, or a request, that came from outside.

    Args:
        name: of the command, without its address.
        values: as they came; from the command line all of them texts, and over OSC some may be.
        sender: see `Call`.

    Returns:
        The call, with values of the types in the table.

    Raises:
        CommandError: there is no such command, or its values are too many, too few, of a wrong type or out of range.
    """
    command = COMMANDS.get(name) or REQUESTS.get(name)
    if command is None:
        raise CommandError(f"There is no command {shown(name)}{_hint(name)}. The commands are: {', '.join(COMMANDS)}.")
    least = sum(not argument.optional for argument in command.arguments)
    if not least <= len(values) <= len(command.arguments):
        raise CommandError(f"'{name}' takes {_count(command)}, not {len(values)}: {command.usage}")
    checked = []
    for argument, value in zip(command.arguments, values, strict=False):
        accepted = argument.accepted(value, read_texts=sender == COMMAND_LINE or sender.startswith(OSC))
        if accepted is None:
            raise CommandError(f"'{name}': {argument.name} must be {argument.range}, not {shown(value)}.")
        checked.append(accepted)
    return Call(name, tuple(checked), sender)


def takes_document(name: str) -> bool:
    """Whether a command or request takes a text of many lines."""
    command = COMMANDS.get(name) or REQUESTS.get(name)
    return command is not None and any(argument.kind == "document" for argument in command.arguments)


def key_name(key: str) -> str:
    """What is printed on the key: `space`."""
    return KEY_NAMES.get(key, key)


def docs_table() -> str:
    """All commands as a Markdown table, for docs/commands.md."""
    lines = ["| command | values | key | OSC address | |", "| --- | --- | --- | --- | --- |"]
    for command in COMMANDS.values():
        values = "<br>".join(
            f"`{argument.name}`{' (optional)' if argument.optional else ''}: {argument.range}. {argument.help}"
            for argument in command.arguments
        )
        several = [f"`{key_name(key)}`" for key in command.keys]
        keys = f"{several[0]} … {several[-1]}" if len(several) > 3 else " ".join(several)
        asks = " Asks first." if command.armed and command.name != "quit" else ""
        address = "" if command.socket_only else f"`{command.address}`"
        lines.append(f"| `{command.usage}` | {values} | {keys} | {address} | {command.help}{asks} |")
    return "\n".join(lines) + "\n"


def _count(command: Command) -> str:
    most = len(command.arguments)
    least = sum(not argument.optional for argument in command.arguments)
    if most == 0:
        return "no value"
    return f"{most} value{'s' * (most > 1)}" if least == most else f"{least} or {most} values"


def _value_text(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str) and (len(value) > TEXT_LIMIT or not value.isprintable()):
        return f"({len(value)} characters)"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _hint(name: str) -> str:
    near = difflib.get_close_matches(name.lower().replace("_", "-"), COMMANDS, n=1) if 2 < len(name) < 40 else []
    return f"; did you mean '{near[0]}'?" if near else ""
