"""Checks the MIDI messages that actions of a preset send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from gesturesynth.config.preset.action_schema import ActionMidiEntry
from gesturesynth.config.preset.check_midi import NOTE_S
from gesturesynth.config.yaml.document import Document, KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.midi.encoder import DATA
from gesturesynth.runtime.action_message import ActionSetup, MidiAction
from gesturesynth.runtime.midi_message import CHANNELS, MidiSetup

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

VELOCITY: Final = 100
_KINDS: Final[tuple[Literal["note", "control", "program"], ...]] = ("note", "control", "program")
_OWNERS: Final = {"value": "control", "velocity": "note", "length": "note"}
"""Keys that belong to one kind of message."""


def check_midi_action(checker: Checker, here: KeyPath, entry: ActionMidiEntry) -> MidiAction | None:
    """What is sent, or None where it is wrong.

    Args:
        checker: of the whole preset, after its outputs, voices and `midi`; receives the problems.
        here: where the entry stands.
        entry: what is written there.
    """
    document = checker.document
    before = len(document.problems)
    written = _written(document, here)  # a number that is wrong is missing in the entry
    kinds = [kind for kind in _KINDS if written.get(kind) is not None]
    if len(kinds) != 1:
        document.add_problem(here, "one message is one of `note`, `control` and `program`", key=True)
        return None
    [kind] = kinds
    if getattr(entry, kind) is None:
        return None
    for key, owner in _OWNERS.items():
        if getattr(entry, key) is not None and kind != owner:
            document.add_problem((*here, key), f"`{key}` belongs to a `{owner}`; a `{kind}` has none")
    _check_channel(checker, (*here, "channel"), entry.channel)
    key, text = ("velocity", entry.velocity) if kind == "note" else ("value", entry.value)
    value, source = _value(checker, (*here, key), text, 1 if kind == "note" else 0)
    if len(document.problems) > before:
        return None
    number = int(getattr(entry, kind)) - (kind == "program")
    usual = VELOCITY if kind == "note" else DATA
    length_s = NOTE_S if entry.length is None else entry.length
    return MidiAction(kind, number, usual if value is None else value, source, length_s, entry.channel or 0)


def with_midi_actions(setup: MidiSetup, actions: Sequence[ActionSetup]) -> MidiSetup:
    """The setup with those of the actions that send MIDI."""
    own = tuple(one for one in actions if any(isinstance(what, MidiAction) for what in one.does))
    return msgspec.structs.replace(setup, actions=own)


def _written(document: Document, here: KeyPath) -> dict[str, Any]:
    """The keys of an entry as written."""
    value: Any = document.data
    for key in here:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _check_channel(checker: Checker, path: KeyPath, channel: int | None) -> None:
    if channel is None:
        return
    if checker.entries.midi is not None and checker.entries.midi.mpe:
        checker.document.add_problem(path, "with `mpe` the channels are those of its zone: leave `channel` out")
    elif channel + checker.voices - 1 > CHANNELS:
        last = CHANNELS - checker.voices + 1
        sentence = f"each of {checker.voices} voices has a channel: the first one is {last} at most"
        checker.document.add_problem(path, sentence)


def _value(checker: Checker, path: KeyPath, text: str | None, least: int) -> tuple[int | None, str]:
    """The number, or the output that gives it; neither where nothing is written."""
    if text is None:
        return None, ""
    if text.removeprefix("-").isdecimal():
        if not least <= int(text) <= DATA:
            checker.document.add_problem(path, f"this is {least} to {DATA}, or an output, not {text}")
        return int(text), ""
    known = tuple(dict.fromkeys((*checker.written("outputs"), *checker.outputs)))
    if text not in known:
        checker.document.add_problem(path, unknown_name(text, "one of this preset's outputs", known))
    return None, text
