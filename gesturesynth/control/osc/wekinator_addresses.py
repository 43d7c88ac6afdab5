"""Wekinator's control messages, once: address, arguments, and the commands that do the same here. Pure.

They are received at the port of inputs, where sketches send them. Numbers of outputs and gestures count from 1, as in
Wekinator. Commands or a sentence are all that can come of a message: nothing here raises for what was sent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

PREFIX: Final = "/wekinator/"
CONTROL: Final = "/wekinator/control/"
DONE_TRAINING: Final = "/wekinator/status/done-training"
"""Sent to the program that gets the outputs when a training that a message has asked for has ended with a model."""

GESTURE: Final = "/output_"
"""Sent there, with the number of a gesture behind it, each time that it was performed."""

Arguments = Literal["", "outputs", "output", "gesture", "values", "ignored"]
"""What a message carries: nothing that counts; numbers of outputs; that of one; that of a gesture; a value for each
output; something that has no meaning here."""

ARGUMENTS: Final[dict[Arguments, str]] = {
    "": "",
    "outputs": "numbers of outputs",
    "output": "the number of an output",
    "gesture": "the number of a gesture",
    "values": "a value for each output that is learned",
    "ignored": "anything",
}
"""What a message carries, for documents."""


@dataclass(frozen=True)
class WekinatorAddress:
    """One of Wekinator's control messages.

    Attributes:
        name: the last part of its address.
        arguments: what it carries.
        becomes: what is done, a sentence for the documents.
        unmapped: why nothing is done, a sentence for the log; empty where something is.
    """

    name: str
    arguments: Arguments
    becomes: str
    unmapped: str = ""

    @property
    def address(self) -> str:
        """Its OSC address."""
        return CONTROL + self.name


def _none(name: str, why: str) -> WekinatorAddress:
    return WekinatorAddress(name, "ignored", f"Nothing: {why[0].lower()}{why[1:]}", why)


_NO_NAMES: Final = "Names are in the preset, and a message does not change them."
_NO_FILES: Final = "Models are fitted from takes, which are stored as they are recorded; there are no files of models."

_TABLE: Final = (
    WekinatorAddress("outputs", "values", "`set-outputs`: the values are held, and recorded for."),
    WekinatorAddress(
        "startRecording",
        "",
        "`hold on`: a take begins at once, without a countdown, for what is held; where nothing is, for the values of "
        "this moment. A minute at most.",
    ),
    WekinatorAddress("stopRecording", "", "`hold off`: the take ends and is kept."),
    WekinatorAddress("train", "", "`train`; `/wekinator/status/done-training` follows when it has ended."),
    WekinatorAddress("cancelTrain", "", "`cancel`, while a training is under way."),
    WekinatorAddress(
        "startRunning", "", "Outputs are sent, as they are from the start; values that are held are let go (`stop`)."
    ),
    WekinatorAddress("stopRunning", "", "No outputs are sent to `send_to` until `startRunning`. What sounds goes on."),
    WekinatorAddress("deleteAllExamples", "", "`clear`, without a question. `undo` brings all back."),
    WekinatorAddress("deleteExamplesForOutput", "output", "`delete-output`, likewise."),
    WekinatorAddress("enableModelRecording", "outputs", "`record-output` on, for each."),
    WekinatorAddress("disableModelRecording", "outputs", "`record-output` off, for each."),
    WekinatorAddress("enableModelRunning", "outputs", "`run-output` on, for each."),
    WekinatorAddress("disableModelRunning", "outputs", "`run-output` off, for each."),
    WekinatorAddress("startDtwRecording", "gesture", "`label` and `hold on`, for the gesture of this number."),
    WekinatorAddress("stopDtwRecording", "", "`hold off`."),
    _none("setInputNames", _NO_NAMES),
    _none("setOutputNames", _NO_NAMES),
    _none("selectInputsForOutput", "The preset says by `outputs.NAME.features` what moves an output."),
    _none("loadModelFromFile", _NO_FILES),
    _none("saveModelToFile", _NO_FILES),
    _none("runNewProject", "The command `preset` (`/gesturesynth/preset`) plays another preset."),
    _none("enablePerformanceMode", "There is no window that could be hidden."),
    _none("disablePerformanceMode", "There is no window that could be shown."),
)

ADDRESSES: Final[dict[str, WekinatorAddress]] = {one.address: one for one in _TABLE}
"""Every control message by its address."""


@dataclass(frozen=True)
class WekinatorMessage:
    """A message at one of these addresses, or at another that begins as they do.

    Attributes:
        address: as it came.
        values: its numbers; None where it carries something else.
        sender: for the log.
    """

    address: str
    values: tuple[float, ...] | None
    sender: str


@dataclass(frozen=True)
class PieceNames:
    """What messages count.

    Attributes:
        outputs: all of the preset, in its order.
        learned: those that are taught.
        gestures: of the preset, in its order, without `none`.
    """

    outputs: tuple[str, ...]
    learned: tuple[str, ...]
    gestures: tuple[str, ...]


Step = tuple[str, tuple[object, ...]]
"""A command, and its values."""


def steps_of(message: WekinatorMessage, names: PieceNames) -> tuple[Step, ...] | str:
    """The commands that a message stands for, in order; or a sentence about why it stands for none.

    What depends on more than the names, such as `startRunning`, is a step of the message's own name.
    """
    known = ADDRESSES.get(message.address)
    if known is None:
        return "this is none of Wekinator's control messages"
    if known.unmapped:
        return known.unmapped
    if known.arguments == "values":
        return _values(message.values, names.learned)
    return _numbered(known, message.values, names) if known.arguments else ((known.name, ()),)


def _numbered(known: WekinatorAddress, values: tuple[float, ...] | None, names: PieceNames) -> tuple[Step, ...] | str:
    """A message with numbers of outputs, or of a gesture."""
    what = "gesture" if known.arguments == "gesture" else "output"
    chosen = _chosen(values, names.gestures if what == "gesture" else names.outputs, what)
    if isinstance(chosen, str):
        return chosen
    if known.arguments == "outputs":
        mask = "record-output" if known.name.endswith("Recording") else "run-output"
        return tuple((mask, (name, known.name.startswith("enable"))) for name in dict.fromkeys(chosen))
    if len(chosen) != 1:
        return f"it takes one number, not {len(chosen)}"
    if what == "gesture":
        return (("label", (chosen[0],)), ("hold", (True,)))
    return (("delete-output", (chosen[0],)),)


def rows() -> Iterator[tuple[str, str, str]]:
    """Each message for the documents: its address, what it carries, and what becomes of it."""
    return ((f"`{one.address}`", ARGUMENTS[one.arguments], one.becomes) for one in _TABLE)


def values_text(values: Sequence[float]) -> str:
    """Values as `set-outputs` takes them."""
    return " ".join(f"{value:.7g}" for value in values)


def _values(values: tuple[float, ...] | None, learned: Sequence[str]) -> tuple[Step, ...] | str:
    if values is None or not all(map(math.isfinite, values)):
        return "its values must be numbers"
    if len(values) != len(learned):
        return f"it takes a value for each of the {len(learned)} outputs that are learned, not {len(values)}"
    return (("set-outputs", (values_text(values),)),)


def _chosen(values: tuple[float, ...] | None, names: Sequence[str], what: str) -> tuple[str, ...] | str:
    if not values:
        return f"it takes the number of {'an' if what == 'output' else 'a'} {what}"
    if not names:
        return f"this preset has no {what}s"
    if not all(value in range(1, len(names) + 1) for value in values):
        return f"numbers of {what}s are from 1 to {len(names)}"
    return tuple(names[int(value) - 1] for value in values)
