"""OSC messages of actions, sent over UDP. Never waits: what the network does not take at once is a failure."""

from __future__ import annotations

import math
import socket
from collections.abc import Mapping
from typing import Final, cast

from pythonosc.osc_message_builder import OscMessageBuilder

from gesturesynth.actions.failures import why
from gesturesynth.actions.template import Value, filled, single_placeholder
from gesturesynth.runtime.action_message import OscAction

_MOST_FLOAT: Final = 3.4028234663852886e38
"""The greatest 32-bit float."""


def osc_message(action: OscAction, values: Mapping[str, Value]) -> bytes:
    """The datagram: whole numbers as 32 bits, other numbers and values as 32-bit floats, the rest as texts.

    Args:
        action: what is sent.
        values: by name, for placeholders.
    """
    builder = OscMessageBuilder(action.address)
    for argument in action.arguments:
        value: int | float | str = argument
        if isinstance(argument, str):
            name = single_placeholder(argument)
            value = values.get(name, 0.0) if name else filled(argument, values)
        if isinstance(value, float):
            value = min(_MOST_FLOAT, max(-_MOST_FLOAT, value)) if math.isfinite(value) else 0.0
            builder.add_arg(value, OscMessageBuilder.ARG_TYPE_FLOAT)
        elif isinstance(value, int):
            builder.add_arg(value, OscMessageBuilder.ARG_TYPE_INT)
        else:
            builder.add_arg(value, OscMessageBuilder.ARG_TYPE_STRING)
    return cast("bytes", builder.build().dgram)


class ActionOscSender:
    """Sends messages from one socket."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, action: OscAction, values: Mapping[str, Value]) -> str:
        """Sends one message; returns why it could not be sent, as a sentence, or an empty text."""
        try:
            self._socket.sendto(osc_message(action, values), (action.host, action.port))
        except OSError as error:
            return f"nothing reaches {action.host}:{action.port} ({why(error) or 'the network is busy'})"
        return ""

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()
