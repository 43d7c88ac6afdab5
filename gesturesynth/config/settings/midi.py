"""The section `midi` of `gesturesynth.yaml`: the ports, and what arriving messages ask for."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from gesturesynth.config.settings.keypad import CommandText
from gesturesynth.config.yaml.midi_names import MessageText
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, Text, YesNo, text_of
from gesturesynth.control.command_table import COMMANDS, FADERS
from gesturesynth.control.commands import CommandError
from gesturesynth.core.confusables import plain
from gesturesynth.midi.arriving import binding
from gesturesynth.midi.knobs import knob_command
from gesturesynth.midi.message_names import NUMBERED
from gesturesynth.midi.systems import SYSTEMS, VIRTUAL

_WITH_KNOB: Final = ", ".join(f"`{name}`" for name in COMMANDS if name in FADERS)
BOUND: Final = NUMBERED
"""Kinds of messages that commands can be bound to."""


class BoundCommandText(CommandText):
    """A command with its values; of one that faders move the last value may be left to a knob."""

    def check(self, value: object) -> str:
        """The text, blanks joined, or ValueError with a sentence."""
        text = " ".join(plain(text_of(value, "a command, such as `select 3`")).split())
        try:
            return text if text and knob_command(text) else super().check(value)
        except CommandError as error:
            raise ValueError(str(error)) from error

    def __str__(self) -> str:
        return f"{super().__str__()}; for a controller also without the last one of {_WITH_KNOB}"


def _bindings(found: dict[str, str]) -> dict[str, str]:
    """The bindings, or ValueError where something without a position should give a number."""
    for message, command in found.items():
        try:
            binding(message, command)
        except CommandError as error:
            raise ValueError(f"`{message}` gives a command no number, as controllers do: {error}") from error
    return found


class MidiSection(Section):
    """MIDI, in a process of its own: what presets send (`midi`), and messages as commands and inputs of presets."""

    enabled: YesNo = Field(
        default=False,
        description="Whether `gesturesynth run` starts it, too. `gesturesynth midi`, and the service of a gallery "
        "with it, always do.",
    )
    output: Annotated[str, Text(200, empty=True)] = Field(
        default=VIRTUAL,
        description="Where MIDI goes: part of the name of a port (`gesturesynth midi ports`), which may be plugged in "
        f"and out; `{VIRTUAL}`: a port of its own, `Gesture Synth`, which other programs connect to. Empty: nowhere.",
    )
    input: Annotated[str, Text(200, empty=True)] = Field(
        default="", description="Where MIDI comes from, likewise. Empty: from nowhere."
    )
    system: Annotated[str, OneOf(lambda: SYSTEMS, "a system of MIDI")] = Field(
        default="auto",
        description="Whose ports: `alsa` (Linux), `jack`, `core` (macOS). `auto` is that of the operating system, and "
        "JACK where it has none but a JACK server runs.",
    )
    bindings: Annotated[
        dict[Annotated[str, MessageText(BOUND)], Annotated[str, BoundCommandText()]], AfterValidator(_bindings)
    ] = Field(
        default={},
        max_length=256,
        description="What arriving messages ask for: `note C2: select 1`, `program 3: preset drone`. A controller is "
        "pressed at 64 and released below, as pedals are; where a command leaves out its last number, it gives it: "
        "`control 7: volume`, `control 20: morph 1 2`. By default the pedal (`control 64`) is the record button; "
        "`none`: nothing.",
    )
