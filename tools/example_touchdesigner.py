"""The table of addresses for TouchDesigner, written from the tables of the program: comma-separated values."""

from __future__ import annotations

import csv
import io

from gesturesynth.control.command_table import ADDRESS
from gesturesynth.control.osc.addresses import BY_ADDRESS
from gesturesynth.control.osc.streams import STREAMS
from tools.example_table import ANSWERS, FEATURES, OUTPUTS, feature_address, output_address


def touchdesigner_table() -> str:
    """A line for each address: which way it goes, the channel of an OSC In CHOP, values, and what it is."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["direction", "address", "channel", "values", "subscribe", "meaning"])
    for name in ANSWERS:
        writer.writerow(
            ["in", f"{ADDRESS}{name}", "", "text address, text words", "answers", "the answer to a command"]
        )
    for kind in STREAMS.values():
        for address, values, text in kind.sent:
            writer.writerow(["in", address, _channel(address, values), values, kind.name, _plain(text)])
    own = [(output_address(name), "outputs") for name in OUTPUTS] + [
        (feature_address(name), "features") for name in FEATURES
    ]
    for address, name in own:
        writer.writerow(["in", address, _channel(address, "float"), "float value", name, "of the piece theremin"])
    for address, command in BY_ADDRESS.items():
        values = "; ".join(f"{one.name}{' (optional)' * one.optional}: {one.range}" for one in command.arguments)
        writer.writerow(["out", address, "", values, "", _plain(command.help)])
    return out.getvalue()


def _channel(address: str, values: str) -> str:
    return "" if "text" in values else address.strip("/")


def _plain(text: str) -> str:
    return text.replace("`", "").replace("](people.md#roles)", "").replace("[", "")
