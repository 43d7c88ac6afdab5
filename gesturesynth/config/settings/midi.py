"""The section `midi` of `gesturesynth.yaml`: the ports, and what arriving messages ask for."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from gesturesynth.config.settings.keypad import CommandText
from gesturesynth.config.yaml.midi_names import MessageText
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, Text, YesNo
from gesturesynth.midi.message_names import NUMBERED
from gesturesynth.midi.systems import SYSTEMS, VIRTUAL

BOUND: Final = NUMBERED
"""Kinds of messages that commands can be bound to."""


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
    bindings: dict[Annotated[str, MessageText(BOUND)], Annotated[str, CommandText()]] = Field(
        default={},
        max_length=256,
        description="What arriving messages ask for: `note C2: select 1`, `program 3: preset drone`. A controller is "
        "pressed at 64 and released below, as pedals are. By default the pedal (`control 64`) is the record button; "
        "`none`: nothing.",
    )
