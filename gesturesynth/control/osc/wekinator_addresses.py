"""Wekinator's control messages, once: address, arguments, and the commands that do the same here. Pure.

They are received at the port of inputs, where sketches send them. Numbers of outputs and gestures count from 1, as in
Wekinator. Commands or a sentence are all that can come of a message: nothing here raises for what was sent.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

PREFIX: Final = "/wekinator/"
CONTROL: Final = "/wekinator/control/"
DONE_TRAINING: Final = "/wekinator/status/done-training"
"""Sent to the program that gets the outputs when a training that a message has asked for has ended with a model."""

GESTURE: Final = "/output_"
"""Sent there, with the number of a gesture behind it, each time that it was performed."""

INPUT: Final = "wek"
"""The name of the input in a preset with the key `wekinator`: its features are `wek.1`, `wek.2` and so on."""
LONGEST_NAME: Final = 80
LONGEST_KEY: Final = 28

Arguments = Literal[
    "", "outputs", "output", "gesture", "values", "input names", "output names", "selection", "file", "project"
]
"""What a message carries: nothing that counts; numbers of outputs; that of one; that of a gesture; a value for each
output; names; an output and inputs; an output and a file; a project."""

ARGUMENTS: Final[dict[Arguments, str]] = {
    "": "",
    "outputs": "numbers of outputs",
    "output": "the number of an output",
    "gesture": "the number of a gesture",
    "values": "a value for each output that is learned",
    "input names": "a name for each input",
    "output names": "a name for each output",
    "selection": "the number of an output, and those of the inputs that move it",
    "file": "the number of an output, and a file",
    "project": "a file or folder",
}
"""What a message carries, for documents."""


@dataclass(frozen=True)
class WekinatorAddress:
    """One of Wekinator's control messages.

    Attributes:
        name: the last part of its address.
        arguments: what it carries.
        becomes: what is done, a sentence for the documents.
        teaches: whether it changes what was taught, or how it is learned: then it is refused in performance mode.
    """

    name: str
    arguments: Arguments
    becomes: str
    teaches: bool = False

    @property
    def address(self) -> str:
        """Its OSC address."""
        return CONTROL + self.name


_TABLE: Final = (
    WekinatorAddress("outputs", "values", "`set-outputs`: the values are held, and recorded for."),
    WekinatorAddress(
        "startRecording",
        "",
        "`hold on`: a take begins at once, without a countdown, for what is held; where nothing is, for the values of "
        "this moment. A minute at most.",
        teaches=True,
    ),
    WekinatorAddress("stopRecording", "", "`hold off`: the take ends and is kept."),
    WekinatorAddress(
        "train", "", "`train`; `/wekinator/status/done-training` follows when it has ended.", teaches=True
    ),
    WekinatorAddress("cancelTrain", "", "`cancel`, while a training is under way."),
    WekinatorAddress(
        "startRunning", "", "Outputs are sent, as they are from the start; values that are held are let go (`stop`)."
    ),
    WekinatorAddress("stopRunning", "", "No outputs are sent to `send_to` until `startRunning`. What sounds goes on."),
    WekinatorAddress("deleteAllExamples", "", "`clear`, without a question. `undo` brings all back.", teaches=True),
    WekinatorAddress("deleteExamplesForOutput", "output", "`delete-output`, likewise.", teaches=True),
    WekinatorAddress("enableModelRecording", "outputs", "`record-output` on, for each."),
    WekinatorAddress("disableModelRecording", "outputs", "`record-output` off, for each."),
    WekinatorAddress("enableModelRunning", "outputs", "`run-output` on, for each."),
    WekinatorAddress("disableModelRunning", "outputs", "`run-output` off, for each."),
    WekinatorAddress(
        "startDtwRecording", "gesture", "`label` and `hold on`, for the gesture of this number.", teaches=True
    ),
    WekinatorAddress("stopDtwRecording", "", "`hold off`."),
    WekinatorAddress(
        "setInputNames",
        "input names",
        "`change wekinator.input_names` and `keep`: they are in the preset, for the reader.",
        teaches=True,
    ),
    WekinatorAddress(
        "setOutputNames", "output names", "`change wekinator.output_names` and `keep`, likewise.", teaches=True
    ),
    WekinatorAddress(
        "selectInputsForOutput",
        "selection",
        "`change outputs.NAME.features` and `keep`; the output is trained with these inputs at once.",
        teaches=True,
    ),
    WekinatorAddress(
        "saveModelToFile",
        "file",
        "A copy of the preset with all its takes among your own presets, named as the file without folder and ending "
        "(`a/My.xml`: `my`). One that is there is not overwritten.",
    ),
    WekinatorAddress(
        "loadModelFromFile", "file", "`preset` with the name that `saveModelToFile` makes of the file.", teaches=True
    ),
    WekinatorAddress(
        "runNewProject",
        "project",
        "`preset` with the name that is made of it likewise; where there is none, a new one of that name is written "
        "first, with as many inputs and outputs as the present one.",
    ),
    WekinatorAddress(
        "enablePerformanceMode",
        "",
        "From then on these messages change nothing that was taught: those that record, train, delete, load, name and "
        "select are refused. Keys and commands are not.",
    ),
    WekinatorAddress("disablePerformanceMode", "", "They are obeyed as before."),
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
        words: numbers and texts, where it carries nothing else.
        time_s: when it came, monotonic; what it says is about the messages of inputs from then on. None: now.
    """

    address: str
    values: tuple[float, ...] | None
    sender: str
    words: tuple[float | str, ...] = ()
    time_s: float | None = None


@dataclass(frozen=True)
class PieceNames:
    """What messages count.

    Attributes:
        outputs: all of the preset, in its order.
        learned: those that are taught.
        gestures: of the preset, in its order, without `none`.
        inputs: how many numbers a message of inputs has.
    """

    outputs: tuple[str, ...]
    learned: tuple[str, ...]
    gestures: tuple[str, ...]
    inputs: int = 0


Step = tuple[str, tuple[object, ...]]
"""A command, and its values."""


def steps_of(message: WekinatorMessage, names: PieceNames) -> tuple[Step, ...] | str:
    """The commands that a message stands for, in order; or a sentence about why it stands for none.

    What depends on more than the names, such as `startRunning`, is a step of the message's own name.
    """
    known = ADDRESSES.get(message.address)
    if known is None:
        return "this is none of Wekinator's control messages"
    if known.arguments in _READERS:
        return _READERS[known.arguments](known.name, message, names)
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


def _names(what: str, words: tuple[float | str, ...], count: int) -> tuple[Step, ...] | str:
    if len(words) != count:
        return f"it takes a name for each of the {count} {what}s, not {len(words)}"
    if not all(isinstance(w, str) and w.strip() and w.isprintable() and len(w) <= LONGEST_NAME for w in words):
        return f"names are texts of one line and at most {LONGEST_NAME} characters"
    if len(set(words)) < count:
        return "no two names may be the same"
    return _kept(f"wekinator.{what}_names", words)


def _selection(values: tuple[float, ...] | None, names: PieceNames) -> tuple[Step, ...] | str:
    if not values or len(values) < 2:
        return "it takes the number of an output, and that of at least one input"
    output = _chosen(values[:1], names.outputs, "output")
    inputs = _chosen(values[1:], [f"{INPUT}.{number}" for number in range(1, names.inputs + 1)], "input")
    if isinstance(output, str) or isinstance(inputs, str):
        return output if isinstance(output, str) else str(inputs)
    if output[0] not in names.learned:
        return f"'{output[0]}' is not learned, so no inputs are selected for it"
    return _kept(f"outputs.{output[0]}.features", tuple(dict.fromkeys(inputs)))


def _kept(key: str, values: Sequence[float | str]) -> tuple[Step, ...]:
    """A change of the preset's text, and that it is kept."""
    return (("change", (key, json.dumps(values, ensure_ascii=False))), ("keep", ()))


def _file(name: str, words: tuple[float | str, ...]) -> tuple[Step, ...] | str:
    texts = [word for word in words if isinstance(word, str)]
    key = preset_key(texts[0]) if texts else ""
    if not key:
        return "it takes the name of a file"
    return ((name, (key,)),) if name != "loadModelFromFile" else (("preset", (key,)),)


def preset_key(text: str, longest: int = LONGEST_KEY) -> str:
    """The name of a preset that is like the last part of a path, without its ending; empty where nothing is left.

    Small letters, digits and underscores, beginning with a letter; so it never leads out of a folder.
    """
    last = re.split(r"[/\\]", text.rstrip("/\\ "))[-1]
    bare = re.sub(r"\.(xml|wekproj|yaml|yml|gspack)$", "", last, flags=re.IGNORECASE)
    ascii_ = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode().lower()
    return re.sub(r"^[0-9_]+", "", re.sub(r"[^a-z0-9]+", "_", ascii_).strip("_"))[:longest].strip("_")


def _chosen(values: tuple[float, ...] | None, names: Sequence[str], what: str) -> tuple[str, ...] | str:
    if not values:
        return f"it takes the number of {'an' if what == 'output' else 'a'} {what}"
    if not names:
        return f"this preset has no {what}s"
    if not all(value in range(1, len(names) + 1) for value in values):
        return f"numbers of {what}s are from 1 to {len(names)}"
    return tuple(names[int(value) - 1] for value in values)


_READERS: Final[dict[str, Callable[[str, WekinatorMessage, PieceNames], tuple[Step, ...] | str]]] = {
    "values": lambda _, message, names: _values(message.values, names.learned),
    "input names": lambda _, message, names: _names("input", message.words, names.inputs),
    "output names": lambda _, message, names: _names("output", message.words, len(names.outputs)),
    "selection": lambda _, message, names: _selection(message.values, names),
    "file": lambda name, message, _: _file(name, message.words),
    "project": lambda name, message, _: _file(name, message.words),
}
"""How messages with these arguments are read."""
