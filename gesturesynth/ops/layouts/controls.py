"""The buttons and faders of a layout, for whichever program shows them: from the command table and a preset. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gesturesynth.config.preset.model import Preset
from gesturesynth.control.arguments import Argument
from gesturesynth.control.command_table import COMMANDS, SNAPSHOTS, Command
from gesturesynth.control.osc.names import safe_name
from gesturesynth.control.osc.streams import OUTPUT
from gesturesynth.mapping.pitch.notes import NAMES

LEFT_OUT: Final = frozenset({"quit", "help", "delete-output"})
"""Commands that a finger on a screen should not give by mistake, or that show something at the terminal alone."""


@dataclass(frozen=True)
class Press:
    """A button: it sends its values when it is pressed.

    Attributes:
        label: for people, short.
        address: of OSC.
        values: texts and whole numbers.
    """

    label: str
    address: str
    values: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Toggle:
    """A button that sends 1 and 0 behind its values: in turn, or (`held`) while it is down and when it is let go."""

    label: str
    address: str
    values: tuple[str | int, ...] = ()
    held: bool = False
    on: bool = False


@dataclass(frozen=True)
class Fader:
    """A number in a range, in a unit: moved by a finger, or (`shown`) by what is received."""

    label: str
    address: str
    low: float
    high: float
    unit: str = ""
    start: float | None = None
    shown: bool = False


ON: Final = frozenset({"audition", "open"})
"""Switches that are on at first."""
PLAYED: Final = frozenset(
    {"select", "next", "previous", "scene", "volume", "louder", "quieter", "mute", "panic", "release", "open"}
)
"""Commands of the first page: what is wanted beside a work that plays."""

Control = Press | Toggle | Fader
Title = Literal["Play", "Teach", "Outputs", "Sound", "Pieces"]


@dataclass(frozen=True)
class ControlPage:
    """A page of a layout, with its controls in order."""

    title: Title
    controls: tuple[Control, ...]


def pages(preset: Preset, preset_names: Iterable[str], scales: Iterable[str], volume_db: float) -> list[ControlPage]:
    """All pages.

    Args:
        preset: for whose snapshots, classes, scenes and outputs there are controls.
        preset_names: of all presets.
        scales: the names of all scales.
        volume_db: where the fader of the volume stands at first.
    """
    # The texts that have a button each.
    texts: dict[str, tuple[str, ...]] = {
        "label": (*preset.classes, *preset.gestures),
        "scene": tuple(preset.scenes),
        "preset": tuple(preset_names),
        "scale": ("off", *scales),
        "root": NAMES,
    }
    outputs = tuple(output.name for output in preset.outputs)
    starts = {
        "volume": volume_db,
        "tempo": preset.tempo.tempo.bpm if preset.tempo else None,
        "quantise": 1.0,
        "predict": 0.0,
    }
    made: dict[Title, list[Control]] = {"Play": [], "Teach": [], "Outputs": [], "Sound": [], "Pieces": []}
    for output in preset.outputs:
        low, high = output.ends
        made["Outputs"].append(Fader(output.name, OUTPUT + safe_name(output.name), low, high, output.unit, shown=True))
    for command in COMMANDS.values():
        if command.name not in LEFT_OUT and not command.socket_only:
            made[_page_of(command)] += _controls(command, preset, texts, outputs, starts)
    return [ControlPage(title, tuple(controls)) for title, controls in made.items() if controls]


def left_out() -> list[str]:
    """The names of commands that have no control: they need texts or several numbers, or are better not at hand."""
    free = [
        command.name
        for command in COMMANDS.values()
        if not command.socket_only and command.name not in LEFT_OUT and _kind(command) == "free"
    ]
    return sorted((*free, *LEFT_OUT))


def _page_of(command: Command) -> Title:
    if command.name == "preset":
        return "Pieces"
    if command.name in {"scale", "root", "quantise", "tempo", "tap", "adapt", "predict"}:
        return "Sound"
    if command.name in {"record-output", "train-output", "run-output"}:
        return "Outputs"
    return "Play" if command.name in PLAYED else "Teach"


Kind = Literal["press", "switch", "fader", "snapshots", "texts", "output switch", "free"]


def _kind(command: Command) -> Kind:
    arguments = command.arguments
    if command.name == "select":
        return "snapshots"
    if not arguments or (arguments[0].optional and arguments[0].kind in {"int", "float"}):
        return "press"
    if [argument.kind for argument in arguments] == ["text", "bool"]:
        return "output switch"
    if len(arguments) > 1:
        return "free"
    by_kind: dict[str, Kind] = {"bool": "switch", "float": "fader"}
    if arguments[0].kind == "text" and command.name in {"label", "scene", "preset", "scale", "root"}:
        return "texts"
    return by_kind.get(arguments[0].kind, "free")


def _controls(
    command: Command,
    preset: Preset,
    texts: dict[str, tuple[str, ...]],
    outputs: tuple[str, ...],
    starts: dict[str, float | None],
) -> Iterator[Control]:
    label, address = command.name.replace("-", " "), command.address
    makers: dict[Kind, Callable[[], Iterable[Control]]] = {
        "press": lambda: [Press(label, address)],
        "switch": lambda: [
            Toggle(label, address, held=command.name == "hold", on=command.name in {"audition", "open"})
        ],
        "fader": lambda: [_fader(label, address, command.arguments[0], starts.get(command.name))],
        "snapshots": lambda: [Press(key, address, (int(key),)) for key in SNAPSHOTS if int(key) in preset.snapshots],
        "texts": lambda: [Press(text, address, (text,)) for text in texts[command.name]],
        "output switch": lambda: [
            Toggle(f"{label.removesuffix(' output')} {output}", address, (output,), on=True) for output in outputs
        ],
        "free": list,
    }
    yield from makers[_kind(command)]()


def _fader(label: str, address: str, argument: Argument, start: float | None) -> Fader:
    assert argument.low is not None
    assert argument.high is not None
    unit = argument.unit or (argument.name if argument.name == "BPM" else "")
    return Fader(label, address, argument.low, argument.high, unit, start)
