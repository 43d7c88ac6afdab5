"""Which OSC addresses there are: those of the command table, and what the preset that plays gives. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gesturesynth.control.arguments import Argument
from gesturesynth.control.command_table import Command
from gesturesynth.control.osc.addresses import BY_ADDRESS
from gesturesynth.control.osc.names import path_of, safe_name
from gesturesynth.control.osc.streams import (
    ENTERED,
    FEATURE,
    GESTURE,
    NO_CLASS,
    OUTPUT,
    PEOPLE,
    PRESENT,
    PROBABILITY,
    SEEN,
)
from gesturesynth.mapping.pitch.notes import NAMES
from gesturesynth.mapping.pitch.scales import SCALES
from gesturesynth.mapping.pitch.tunings import TUNINGS
from gesturesynth.page.oscquery.nodes import BOTH, READ, WRITE, Item, Method, Namespace, ValueLimits
from gesturesynth.page.oscquery.values import READABLE, class_path, of_voice
from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.played_numbers import NumberRange, NumberRanges

DESCRIPTION: Final = "Gesture Synth: commands, and the outputs and features of the preset that plays"
UNITS: Final = {
    "Hz": "time.hz",
    "dB": "gain.db",
    "s": "time.second",
    "deg": "angle.degree",
    "cents": "time.cents",
    "BPM": "time.bpm",
}
"""Our units in the words of the proposal; it has no word for the others, which stay as they are."""
TAGS: Final = {"int": "i", "float": "f", "text": "s", "bool": "T", "document": "s"}
IMPULSE: Final = "I"
"""The type tag of a message without a value, which programs show as a button."""

SWITCH: Final = ValueLimits(0, 1)
PART: Final = ValueLimits(0.0, 1.0)

Choices = Mapping[str, tuple[str, ...]]
"""The texts that the first value of a command may be, by the command's name."""


def make_namespace(ranges: NumberRanges | None, choices: Choices) -> Namespace:
    """All addresses.

    Args:
        ranges: of the preset that plays; None while none is known.
        choices: see `choices_of`.
    """
    return Namespace((*commands(choices), *(readings(ranges) if ranges else ())), DESCRIPTION)


def choices_of(status: ConductorStatus | None, ranges: NumberRanges | None, presets: tuple[str, ...]) -> Choices:
    """What texts may be, as things are now.

    Args:
        status: of the conductor; None while there is none.
        ranges: of the preset that plays; None while none is known.
        presets: the names of all presets.
    """
    found: dict[str, tuple[str, ...]] = {"preset": presets, "root": NAMES}
    found["scale"] = ("off", *SCALES)
    found["tuning"] = tuple(TUNINGS)
    if status:
        found["scene"] = (*status.scenes, "next", "previous") if status.scenes else ()
        found["label"] = tuple(one.name for one in status.targets if one.kind != "snapshot")
        scale = status.scale
        for name, text in (("scale", scale.name), ("root", scale.root), ("tuning", scale.tuning)):
            if text and text not in found[name]:
                found[name] = (*found[name], text)
    if ranges:
        outputs = tuple(one.name for one in ranges.outputs if "/" not in one.name)
        found |= dict.fromkeys(("record-output", "train-output", "run-output", "delete-output"), outputs)
    return {name: texts for name, texts in found.items() if texts}


def commands(choices: Choices) -> Iterator[Method]:
    """Every address that is accepted."""
    for address, command in BY_ADDRESS.items():
        yield _method(address, command, choices.get(command.name, ()))


def _method(address: str, command: Command, choices: tuple[str, ...]) -> Method:
    arguments = command.arguments
    least = sum(not argument.optional for argument in arguments)
    tags = "".join(TAGS[argument.kind] for argument in arguments) or IMPULSE
    return Method(
        address,
        tags,
        BOTH if command.name in READABLE else WRITE,
        command.help + (" Asks first." if command.armed else ""),
        tuple(_limits(argument, () if number else choices) for number, argument in enumerate(arguments)),
        tuple(_unit(argument) for argument in arguments),
        shorter=tuple(tags[:count] or IMPULSE for count in range(least, len(arguments))),
    )


def _limits(argument: Argument, choices: tuple[str, ...]) -> ValueLimits | None:
    if argument.low is not None or argument.high is not None:
        whole = argument.kind == "int"
        low, high = (None if end is None else int(end) if whole else end for end in (argument.low, argument.high))
        return ValueLimits(low, high)
    return ValueLimits(choices=choices) if choices else None


def _unit(argument: Argument) -> str:
    unit = argument.name if argument.name in UNITS else argument.unit
    return UNITS.get(unit, unit)


def readings(ranges: NumberRanges) -> Iterator[Method]:
    """Every address that is sent while the preset plays."""
    for output in ranges.outputs:
        yield _number(OUTPUT + path_of(output.name), output, f"The output {output.name}.", clipped=True)
    for feature in ranges.features:
        yield _number(FEATURE + path_of(feature.name), feature, f"The feature {feature.name}.", clipped=False)
    for feature in ranges.features:
        path = SEEN + path_of(feature.name)
        yield Method(path, "i", READ, f"Whether {feature.name} can be measured now: 0 or 1.", (SWITCH,), clip="both")
    yield Method(PRESENT, "i", READ, "Whether a person plays now: 0 or 1.", (SWITCH,), clip="both")
    yield Method(PEOPLE, "i", READ, "How many people are in view.", (ValueLimits(0),))
    for voice in range(1, ranges.voices + 1):
        yield from _of_voice(ranges, voice)
    if ranges.classes:
        yield _event(ENTERED, ranges.classes, "A class was entered: its name, how often, the voice.")
    if ranges.gestures:
        yield _event(GESTURE, ranges.gestures, "A gesture was performed: its name, how often, the voice.")


def _of_voice(ranges: NumberRanges, voice: int) -> Iterator[Method]:
    own = of_voice(voice)
    if ranges.classes:
        names: tuple[Item, ...] = (*ranges.classes, *({NO_CLASS} - set(ranges.classes)))
        of_class = (ValueLimits(choices=names), PART)
        yield Method(class_path(voice), "sf", READ, "The class that is recognised now, and the confidence.", of_class)
    for name in ranges.classes:
        path = PROBABILITY + own + safe_name(name)
        yield Method(path, "f", READ, f"How certain the class {name} is.", (PART,), clip="both")
    for name in ranges.gestures:
        path = f"{GESTURE}/{own}{safe_name(name)}"
        limits = (PART, PART, *[ValueLimits(0.0)] * 2)
        yield Method(path, "ffff", READ, f"Where {name} is: progress, closeness, speed, and how often.", limits)


def _event(path: str, names: tuple[str, ...], description: str) -> Method:
    return Method(path, "sii", READ, description, (ValueLimits(choices=names), ValueLimits(0), ValueLimits(1)))


def _number(path: str, one: NumberRange, description: str, *, clipped: bool) -> Method:
    unit = UNITS.get(one.unit, one.unit)
    return Method(
        path,
        "f",
        READ,
        description,
        (ValueLimits(one.low, one.high),),
        (unit,) if unit else (),
        "both" if clipped else "none",
    )
