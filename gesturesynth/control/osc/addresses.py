"""The OSC addresses: those of the command table, those that exist over OSC only, and those that are sent.

The table of docs/osc.md is made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from gesturesynth.control.arguments import Argument, Value, switch_of
from gesturesynth.control.command_table import ADDRESS, COMMANDS, Command
from gesturesynth.control.osc.limits import HOST_SUBSCRIBERS, LEASE_S, OWN_SUBSCRIBERS, SUBSCRIBERS, USUAL
from gesturesynth.control.osc.streams import MOST_SMOOTHING_S, STATE, STREAMS, is_streamed
from gesturesynth.control.requests import REQUESTS

ACK: Final = f"{ADDRESS}ack"
ERROR: Final = f"{ADDRESS}error"
DONE: Final = f"{ADDRESS}done"
REPORT: Final = f"{ADDRESS}report"

DEFAULT_RATE_HZ: Final = 10.0
MOST_RATE_HZ: Final = 60.0

_PORT: Final = Argument(
    "PORT",
    "int",
    "Where to send, from 1024 on; 0 or left out, the port that the message came from. Another one only from this "
    "computer.",
    0,
    65535,
    optional=True,
)
_RATE: Final = Argument(
    "RATE", "float", f"How often; left out, {DEFAULT_RATE_HZ:g} Hz.", 1.0, MOST_RATE_HZ, "Hz", optional=True
)
_WHAT: Final = Argument(
    "WHAT",
    "text",
    f"Some of {', '.join(f'`{name}`' for name in STREAMS)}, with blanks, `,` or `+` between; left out, `{USUAL.text}`.",
    optional=True,
    limit=160,
)
_SMOOTHING: Final = Argument(
    "SMOOTHING",
    "float",
    "The time constant of a low-pass on features and joints; left out, 0: as the piece has them.",
    0.0,
    MOST_SMOOTHING_S,
    "s",
    optional=True,
)
QUERY: Final = Command("query", f"Send the state once, to `{STATE}`.")
SUBSCRIBE: Final = Command(
    "subscribe",
    f"Send the state and all outputs, or what WHAT says, for {LEASE_S:g} s. Repeat it before they are over; a repeat "
    f"may change everything. At most {SUBSCRIBERS} can subscribe: {OWN_SUBSCRIBERS} of this computer, "
    f"{HOST_SUBSCRIBERS} of each other one.",
    (_PORT, _RATE, _WHAT, _SMOOTHING),
)
UNSUBSCRIBE: Final = Command(
    "unsubscribe", "Send no more.", (replace(_PORT, help="The one that was subscribed; left out, as there."),)
)
CONFIRM: Final = Command(
    "confirm",
    "Send back the number that came with the answer to `subscribe`, from where you subscribed; see below.",
    (Argument("NUMBER", "int", "As it came.", 1, 2**24 - 1),),
)

BY_ADDRESS: Final[dict[str, Command]] = {
    command.address: command
    for command in (*COMMANDS.values(), *REQUESTS.values(), QUERY, SUBSCRIBE, UNSUBSCRIBE, CONFIRM)
    if not command.socket_only
}
"""All addresses that are accepted; every other one is an error."""

_SENT: Final = (
    (
        ACK,
        "text address, text words",
        "It was done, or has begun; the words say what. This and the next two also go to who subscribes to `answers`.",
    ),
    (
        ERROR,
        "text address, text sentence",
        "It was not done, or ended badly; the sentence says why. The address may be empty.",
    ),
    (DONE, "text address, text words", "What had begun has ended well; the words say how."),
    (
        REPORT,
        "text address, text JSON",
        "The answer to a request for `takes` or a `take`, instead of `ack`.",
    ),
    (CONFIRM.address, "int number", "To be sent back, before much is sent to another computer."),
)


def is_outgoing(address: str) -> bool:
    """Whether this program sends this address. Received, it is not answered: two programs could answer for ever."""
    return address in {ACK, ERROR, DONE, REPORT} or is_streamed(address)


def is_button(command: Command) -> bool:
    """Whether a number can only be a button: it sends 1 when it is pressed and 0 when it is released."""
    return all(argument.optional and argument.kind == "text" for argument in command.arguments)


def button_of(values: Sequence[Value], *, texts: bool) -> bool | None:
    """Whether a single value is that of a button that is pressed (1, true) or released (0, false); None for no button.

    Args:
        values: of a message.
        texts: whether a text such as `on` counts, too.
    """
    if len(values) != 1:
        return None
    (value,) = values
    if isinstance(value, str):
        return switch_of(value) if texts else None
    return bool(value) if value in (0, 1) else None


def docs_table() -> str:
    """The accepted and the sent addresses, as two Markdown tables."""
    return "\n".join((*_incoming_table(BY_ADDRESS.values()), "", *_outgoing_table())) + "\n"


def _incoming_table(commands: Iterable[Command]) -> Iterator[str]:
    yield "| address | values | |"
    yield "| --- | --- | --- |"
    for command in commands:
        values = "<br>".join(
            f"`{argument.name}`{' (optional)' if argument.optional else ''}: {argument.range}. {argument.help}"
            for argument in command.arguments
        )
        yield f"| `{command.address}` | {values} | {command.help}{' Asks first.' if command.armed else ''} |"


def _outgoing_table() -> Iterator[str]:
    yield "| address | values | |"
    yield "| --- | --- | --- |"
    for address, values, text in _SENT:
        yield f"| `{address}` | {values} | {text} |"
    for kind in STREAMS.values():
        for address, values, text in kind.sent:
            yield f"| `{address}` | {values} | `{kind.name}`: {text} |"
