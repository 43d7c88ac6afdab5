"""What the values at OSC addresses are now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from gesturesynth.control.command_table import ADDRESS
from gesturesynth.control.osc.names import path_of, safe_name
from gesturesynth.control.osc.streams import (
    CLASS,
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
from gesturesynth.page.oscquery.nodes import Item
from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.played_numbers import PlayedNumbers

EVENTS: Final = frozenset({ENTERED, GESTURE})
"""Addresses at which something is told that has happened; they have no value otherwise."""

Read = Callable[[ConductorStatus], Item]
"""The value of a command now; None where it has none."""


def _snapshot(status: ConductorStatus) -> Item:
    session = status.session
    return int(session.target) if session.target_kind == "snapshot" and session.target.isdecimal() else None


def _label(status: ConductorStatus) -> Item:
    session = status.session
    return session.target if session.target_kind in {"class", "gesture"} else None


READABLE: Final[Mapping[str, Read]] = {
    "select": _snapshot,
    "label": _label,
    "hold": lambda status: status.session.phase == "recording" and status.session.take_held,
    "hands-free": lambda status: status.session.hands_free != "off",
    "audition": lambda status: status.session.audition,
    "scale": lambda status: status.scale.name or "off",
    "root": lambda status: status.scale.root or None,
    "tuning": lambda status: status.scale.tuning or None,
    "quantise": lambda status: float(status.scale.strength) if status.scale.name else None,
    "tempo": lambda status: float(status.tempo.bpm) or None,
    "adapt": lambda status: status.adaptation.on,
    "predict": lambda status: status.predict_ms / 1000.0,
    "scene": lambda status: status.scene or None,
    "preset": lambda _status: None,  # the conductor's status has its title; `command_values` is told its name
    "volume": lambda status: float(status.session.volume_db),
    "mute": lambda status: status.session.muted,
    "open": lambda status: not status.closed,
}
"""The commands of which the present value can be read."""


def command_values(status: ConductorStatus, preset: str) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """The value of each command that has one now, by address; `preset` is the name of the one that plays."""
    for name, read in READABLE.items():
        value = preset or None if name == "preset" else read(status)
        if value is not None:
            yield ADDRESS + name, (value,)


def of_voice(voice: int) -> str:
    """What stands before a name in the addresses of a voice, from 1; nothing for the first one."""
    return "" if voice == 1 else f"{voice}/"


def class_path(voice: int) -> str:
    """Where the class of a voice is."""
    return CLASS if voice == 1 else f"{CLASS}/{voice}"


def number_values(numbers: PlayedNumbers) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """The value at each address that is sent, but for events."""
    for prefix, values in ((OUTPUT, numbers.outputs), (FEATURE, numbers.features)):
        for name, value in values.items():
            yield prefix + path_of(name), (value,)
    for name, is_seen in numbers.seen.items():
        yield SEEN + path_of(name), (int(is_seen),)
    yield PRESENT, (int(numbers.present),)
    yield PEOPLE, (numbers.people,)
    for number, voice in enumerate(numbers.voices, 1):
        own = of_voice(number)
        yield class_path(number), (voice.recognised or NO_CLASS, voice.confidence)
        for name, value in voice.probabilities.items():
            yield PROBABILITY + own + safe_name(name), (value,)
        for name, where in voice.gestures.items():
            yield f"{GESTURE}/{own}{safe_name(name)}", (*where, float(voice.performed.get(name, 0)))


def events(numbers: PlayedNumbers, before: PlayedNumbers | None) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """What has happened since the numbers before: classes that were entered, gestures that were performed."""
    if before is None or len(before.voices) != len(numbers.voices):  # one voice has what several had counted: no news
        return
    for number, (voice, former) in enumerate(zip(numbers.voices, before.voices, strict=True), 1):
        for path, now, then in (
            (ENTERED, voice.entered, former.entered),
            (GESTURE, voice.performed, former.performed),
        ):
            for name, count in now.items():
                if count > then.get(name, 0):
                    yield path, (name, count, number)
