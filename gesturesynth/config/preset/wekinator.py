"""The key `wekinator` of a preset: the inputs, outputs and addresses of Wekinator in one line.

It stands for an input, outputs without an instrument, and a receiver of them; so a preset with it is checked, taught
and played as any other is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, Field

from gesturesynth.config.preset.output_schema import two_ends
from gesturesynth.config.preset.scene_merging import MergedDocument
from gesturesynth.config.yaml.document import Document, KeyPath, Value
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import PlainText, Quantity, WholeNumber, YesNo
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.control.osc.wekinator_addresses import INPUT
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.inputs import MOST_VALUES

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

KEY: Final = "wekinator"
INPUTS_ADDRESS: Final = "/wek/inputs"
OUTPUTS_ADDRESS: Final = "/wek/outputs"
OUTPUTS_PORT: Final = 12000
"""These three are Wekinator's own."""
MOST_OUTPUTS: Final = 512
"""As many as a preset may have."""


class SendToEntry(Section):
    """The program that gets the outputs."""

    host: Annotated[str, PlainText(80)] = Field(
        default="127.0.0.1", description="The computer it runs on: an IPv4 address, or `localhost`."
    )
    port: Annotated[int, WholeNumber(1, 65535)] = Field(default=OUTPUTS_PORT, description="The UDP port it listens to.")
    address: Annotated[str, PlainText(200)] = Field(
        default=OUTPUTS_ADDRESS, description="Where it wants them: one message with all of them, as 32-bit floats."
    )


class WekinatorEntry(Section):
    """Inputs and outputs on the wire as Wekinator has them, received at the port `inputs.port` of the settings."""

    inputs: Annotated[int, WholeNumber(1, MOST_VALUES)] = Field(
        description="How many numbers a message has: the features `wek.1`, `wek.2` and so on. Without `features`, the "
        "preset looks at all of them, and at nothing else."
    )
    outputs: Annotated[int, WholeNumber(0, MOST_OUTPUTS)] = Field(
        default=0,
        description="How many outputs there are, `out_1`, `out_2` and so on, each from 0 to 1 unless `outputs` lists "
        "it. Others that `outputs` lists come after them.",
    )
    address: Annotated[str, PlainText(200)] = Field(
        default=INPUTS_ADDRESS, description="The OSC address of the messages."
    )
    range: Annotated[
        tuple[Annotated[float, Quantity("", -1e9, 1e9)], Annotated[float, Quantity("", -1e9, 1e9)]],
        BeforeValidator(two_ends),
    ] = Field(default=(0.0, 1.0), description="The usual range of the numbers: what a bar on the screen shows.")
    ranges: (
        Annotated[
            list[
                Annotated[
                    tuple[Annotated[float, Quantity("", -1e9, 1e9)], Annotated[float, Quantity("", -1e9, 1e9)]],
                    BeforeValidator(two_ends),
                ]
            ],
            Field(min_length=1, max_length=MOST_VALUES),
        ]
        | None
    ) = Field(default=None, description="The usual range of each number, in order, where these differ.")
    input_names: list[Annotated[str, PlainText(80)]] = Field(
        default=[], max_length=MOST_VALUES, description="What the numbers are called, in order, for the reader."
    )
    output_names: list[Annotated[str, PlainText(80)]] = Field(
        default=[], max_length=MOST_OUTPUTS, description="What the outputs are called, in order, for the reader."
    )
    control: YesNo = Field(
        default=True,
        description="Whether Wekinator's control messages (`/wekinator/control/...`) are obeyed, from this computer "
        "and from those that `inputs.allow` of the settings names.",
    )
    send_to: SendToEntry = Field(
        default=SendToEntry(),
        description="The program that gets the outputs: a message for each that arrives, and while they glide.",
    )


def output_names(count: int) -> tuple[str, ...]:
    """The names of so many outputs, in order."""
    return tuple(f"out_{number}" for number in range(1, count + 1))


def with_wekinator(document: Document) -> Document:
    """The document with all that its `wekinator` stands for; itself where there is none.

    Problems of these parts are added at the place of `wekinator`. What is wrong about that key itself has problems of
    its own.
    """
    entry = document.data.get(KEY)
    if not isinstance(entry, dict):
        return document
    here: KeyPath = (KEY,)
    data: dict[str, Value] = dict(document.data)
    own, listed = _keys(data.get("inputs")), _keys(data.get("outputs"))
    if INPUT in own:
        document.add_problem(("inputs", INPUT), f"`{KEY}` defines this input; choose another name", key=True)
    count = max(1, _number(entry.get("inputs"), MOST_VALUES))
    received: dict[str, Value] = {"address": entry.get("address") or INPUTS_ADDRESS, "n": str(count)}
    received |= {key: entry[key] for key in ("range", "ranges") if entry.get(key)}
    data["inputs"] = {INPUT: received, **own}
    if "features" not in data:
        data["features"] = [INPUT]
        if "gestures" in data:
            data.setdefault("gesture_features", [INPUT])
    names = output_names(_number(entry.get("outputs"), MOST_OUTPUTS))
    if names:
        data["outputs"] = {name: listed.get(name, {}) for name in names} | listed
    origins: dict[KeyPath, KeyPath] = {("inputs", INPUT): here}
    origins |= {("outputs", name): here for name in names if name not in listed}
    return MergedDocument(document, data, origins)


def wekinator_target(checker: Checker) -> OscTarget | None:
    """The program that gets the outputs; None where there is none, or with a problem where it cannot be sent to."""
    entry = checker.entries.wekinator
    if entry is None:
        return None
    to = entry.send_to
    # One after the other, each with a valid partner, so that each problem has its own place.
    for key, host, address in (("host", to.host, "/any"), ("address", "localhost", to.address)):
        try:
            OscTarget(host, to.port, address)
        except UserError as error:
            checker.document.add_problem((KEY, "send_to", key), str(error))
    if checker.document.problems:
        return None
    return OscTarget(to.host, to.port, to.address, at_once=True)


def _keys(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _number(value: Value, most: int) -> int:
    text = str(value).strip()
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
