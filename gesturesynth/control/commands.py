"""Every command, once: its name, arguments, keys, OSC address and help.

Keys, OSC, the command line and docs/commands.md are made from this table.

The rules of this file:

- A command is a name and a few values. `call` is the only way from outside to a `Call`: its values have the right
  count, types and ranges, so that later code does not check again.
- A command that cannot be undone is `armed`: the session asks first, and the same command again within a few seconds
  means yes.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.arguments import Argument, Value, shown
from gesturesynth.core.errors import UserError

__all__ = [
    "ADDRESS",
    "COMMANDS",
    "COMMAND_LINE",
    "FADERS",
    "KEYBOARD",
    "KEYPAD",
    "KEYS",
    "OSC",
    "SNAPSHOTS",
    "Argument",
    "Call",
    "Command",
    "CommandError",
    "Value",
    "call",
    "docs_table",
    "key_name",
]

ADDRESS: Final = "/gesturesynth/"
"""In front of a command's name, its OSC address."""
VOLUME_LOW_DB: Final = -60.0
VOLUME_HIGH_DB: Final = 0.0
FADERS: Final = frozenset({"volume", "morph"})
"""Commands that faders send many times a second: only the newest counts, none has a cue each, and none withdraws a
question."""
SNAPSHOTS: Final = tuple("123456789")
"""The targets that are snapshots: the number keys."""
COMMAND_LINE: Final = "command line"
"""`Call.sender` of a shell; every value of its commands is a text."""
OSC: Final = "osc "
"""`Call.sender` of OSC begins with this; behind it are the sender's host and port."""
KEYBOARD: Final = "keyboard"
"""`Call.sender` of the terminal that shows the live view."""
KEYPAD: Final = "keypad"
"""`Call.sender` of keyboards and keypads that are read without a terminal."""


class CommandError(UserError):
    """A command that does not exist, or values that it cannot take; a sentence for its sender."""


@dataclass(frozen=True)
class Command:
    """Something that can be requested by a key, over OSC or from a shell.

    Attributes:
        name: lower case, words joined by `-`.
        help: what it does, one sentence.
        arguments: in order.
        keys: as the terminal sends them; a key gives the command without values, but `1`..`9` of `select`.
        armed: it asks first; the same command again within `Rules.confirm_s` means yes.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...] = ()
    keys: tuple[str, ...] = ()
    armed: bool = False

    @property
    def address(self) -> str:
        """Its OSC address: `/gesturesynth/NAME`."""
        return ADDRESS + self.name

    @property
    def usage(self) -> str:
        """The command with its arguments: `volume DB`, `label [NAME]`."""
        text = (f"[{argument.name}]" if argument.optional else argument.name for argument in self.arguments)
        return " ".join((self.name, *text))


def _switch(what: str) -> Argument:
    return Argument("ON", "bool", f"{what}; left out, the other of the two.", optional=True)


_OUTPUT: Final = Argument("NAME", "text", "The output, as the preset names it.")

_TABLE: Final = (
    Command(
        "select",
        "Choose a snapshot, and hear it while you find a pose for it.",
        (Argument("N", "int", "The snapshot.", 1, 9),),
        SNAPSHOTS,
    ),
    Command(
        "label",
        "Choose a class or a gesture, to record takes for it.",
        (
            Argument(
                "NAME", "text", "The class or gesture, as the preset names it; left out, the next one.", optional=True
            ),
        ),
        ("l",),
    ),
    Command(
        "record",
        "Count down, then record a take. Again: call off the countdown, or end the take early and keep it.",
        keys=(" ",),
    ),
    Command(
        "hold",
        "Record for as long as it is on, without a countdown: a button that tells when it is let go. At most a minute.",
        (Argument("ON", "bool", "On while the button is down; off ends the take and keeps it."),),
    ),
    Command("stop", "End the take and keep it; or call off the countdown; or let go of the sound that is held."),
    Command(
        "cancel",
        "Throw away the take that is being recorded; or call off the countdown, the question or the training.",
        keys=("\x1b",),
    ),
    Command("train", "Learn from all takes. The old model plays until the new one takes over.", keys=("t",)),
    Command(
        "evaluate",
        "Tell how good the mapping is: each take is left out of the fit once, and played.",
        keys=("e",),
    ),
    Command("advise", "Tell what to record next: of the last minutes, the pose that is known least.", keys=("n",)),
    Command("undo", "Take back the last change to takes and snapshots.", keys=("u",)),
    Command("redo", "Do again what was taken back.", keys=("U",)),
    Command("delete-last", "Delete the newest take.", keys=("x",)),
    Command("clear", "Delete all takes of this preset.", keys=("c",), armed=True),
    Command(
        "morph",
        "Hold the sound between two snapshots. Space records a take for it, and `save` keeps it.",
        (
            Argument("A", "int", "The snapshot at 0.", 1, 9),
            Argument("B", "int", "The snapshot at 1.", 1, 9),
            Argument("PART", "float", "How far it is from A to B.", 0.0, 1.0),
        ),
    ),
    Command(
        "nudge",
        "More like that: the last two seconds of movement become a take for what sounds, or for the chosen class.",
        keys=("k",),
    ),
    Command(
        "play-along",
        "Move along with a score of snapshots; after a countdown it is recorded, and trained at its end. "
        "Again: call off the countdown, or end it early and keep it.",
        keys=("p",),
    ),
    Command("save", "Keep the sound of this moment as a new snapshot, and choose it.", keys=("s",)),
    Command("randomise", "Hold another sound: every output somewhere in its range.", keys=("r",)),
    Command("audition", "Whether a chosen snapshot is heard.", (_switch("Whether it is"),), ("a",)),
    Command(
        "record-output",
        "Whether new takes name an output.",
        (_OUTPUT, _switch("Whether they do")),
    ),
    Command(
        "train-output",
        "Whether an output learns at the next training; while it is off it keeps its model.",
        (_OUTPUT, _switch("Whether it does")),
    ),
    Command(
        "run-output",
        "Whether the body plays an output; while it is off it is idle.",
        (_OUTPUT, _switch("Whether it does")),
    ),
    Command(
        "delete-output",
        "Delete the examples of one output: its values leave all takes.",
        (Argument("NAME", "text", "The output, as the preset or a take names it."),),
        armed=True,
    ),
    Command(
        "preset",
        "Play another preset.",
        (Argument("NAME", "text", "The preset, as `gesturesynth preset list` has it."),),
    ),
    Command("next", "Play the next preset.", keys=("]",)),
    Command("previous", "Play the previous preset.", keys=("[",)),
    Command(
        "volume",
        "Set the loudness of this machine.",
        (Argument("DB", "float", "Decibels below full.", VOLUME_LOW_DB, VOLUME_HIGH_DB, "dB"),),
    ),
    Command("louder", "A step louder.", keys=("+", "=")),
    Command("quieter", "A step quieter.", keys=("-",)),
    Command("mute", "Silence, or sound again.", (_switch("Whether it is silent"),), ("m",)),
    Command("panic", "Silence at once, until it is released.", keys=("!",)),
    Command("release", "Sound again after a panic.", keys=("R",)),
    Command(
        "open",
        "Open outside the opening hours, or close within them, until they change next.",
        (_switch("Whether it is open"),),
        ("o",),
    ),
    Command("help", "Show or hide the keys.", keys=("?",)),
    Command(
        "quit",
        "End. The keyboard is asked only while a take is counted down or recorded, all others always.",
        keys=("q",),
        armed=True,
    ),
)

COMMANDS: Final[dict[str, Command]] = {command.name: command for command in _TABLE}
"""Every command by its name, in the order of the documents."""

KEYS: Final[dict[str, tuple[str, tuple[Value, ...]]]] = {
    key: (command.name, (int(key),) if key in SNAPSHOTS else ()) for command in _TABLE for key in command.keys
}
"""The command and values of each key."""

KEY_NAMES: Final = {" ": "space", "\x1b": "Esc"}
"""Names of keys that have no visible character."""


@dataclass(frozen=True)
class Call:
    """A command with its values, checked.

    Attributes:
        command: a name in `COMMANDS`.
        values: of the types and in the ranges of its arguments; optional ones may be missing at the end.
        sender: where it comes from: `keyboard`, `keypad`, `osc 127.0.0.1:5000`, `command line`.
    """

    command: str
    values: tuple[Value, ...]
    sender: str

    @property
    def text(self) -> str:
        """The command as a person would type it: `select 3`."""
        return " ".join((self.command, *(_value_text(value) for value in self.values)))

    @property
    def switch(self) -> bool | None:
        """Its value, where that is a switch; None where it was left out."""
        return bool(self.values[0]) if self.values else None


def call(name: str, values: Sequence[object], sender: str) -> Call:
    """Checks a command that came from outside.

    Args:
        name: of the command, without its address.
        values: as they came; from the command line all of them texts, and over OSC some may be.
        sender: see `Call`.

    Returns:
        The call, with values of the types in the table.

    Raises:
        CommandError: there is no such command, or its values are too many, too few, of a wrong type or out of range.
    """
    command = COMMANDS.get(name)
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
        lines.append(f"| `{command.usage}` | {values} | {keys} | `{command.address}` | {command.help}{asks} |")
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
    return f"{value:g}" if isinstance(value, float) else str(value)


def _hint(name: str) -> str:
    near = difflib.get_close_matches(name.lower().replace("_", "-"), COMMANDS, n=1) if 2 < len(name) < 40 else []
    return f"; did you mean '{near[0]}'?" if near else ""
