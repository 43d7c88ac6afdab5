"""The key `midi` of a preset: what of a piece leaves as MIDI."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from gesturesynth.config.preset.output_schema import two_ends
from gesturesynth.config.preset.scene_schema import SceneName
from gesturesynth.config.yaml.midi_names import DataOrName, NoteText
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, PlainText, Quantity, WholeNumber, YesNo
from gesturesynth.midi.encoder import DATA, MOST_CONTROL
from gesturesynth.runtime.midi_message import CHANNELS

BENDS: Final = ("none", "tune", "slide")
MOST_LISTED: Final = 64


Channel = Annotated[int, WholeNumber(1, CHANNELS)]
_OutputOf = Annotated[str, PlainText(64)]
_Ends = Annotated[
    tuple[Annotated[float, Quantity("", 0.0, DATA)], Annotated[float, Quantity("", 0.0, DATA)]],
    BeforeValidator(two_ends),
]
_CHANNEL_HELP: Final = "Its channel; by default that of `midi`. With `voices: per_person`, that of the first person."


class MidiFollowEntry(Section):
    """An output that pitch bend or channel pressure follows."""

    source: _OutputOf = Field(
        alias="from", description="The output; its whole range is spread over all that the message can say."
    )
    channel: Channel | None = Field(default=None, description=_CHANNEL_HELP)


class MidiControlEntry(Section):
    """A control change that follows an output."""

    number: Annotated[int, WholeNumber(0, MOST_CONTROL)] = Field(
        description="Of the controller: 1 modulation, 7 volume, 11 expression, 74 brightness."
    )
    source: _OutputOf = Field(alias="from", description="The output; its range is spread over `range`.")
    range: _Ends = Field(default=(0.0, 127.0), description="What the two ends of the output's range become.")
    fine: YesNo = Field(
        default=False,
        description="In 14 bits: two control changes, `number` (up to 31) and the one 32 above it.",
    )
    channel: Channel | None = Field(default=None, description=_CHANNEL_HELP)


class MidiNoteEntry(Section):
    """Notes that a trigger, a class or a gesture plays, or an output all the time."""

    when: Annotated[str, PlainText(70)] | None = Field(
        default=None,
        description="What plays it: a trigger that classes, gestures or patterns strike (`percussion.hat`), a "
        "class or a gesture. Without it the note sounds as long as a person plays.",
    )
    note: Annotated[int, NoteText()] | None = Field(default=None, description="Which note; or `from`.")
    source: _OutputOf | None = Field(
        default=None,
        alias="from",
        description="An output in Hz that says which note, as it is heard: with the preset's `scale`, its notes.",
    )
    bend: Annotated[str, OneOf(lambda: BENDS, "a kind of bend")] = Field(
        default="none",
        description="What becomes of pitches between the notes: `none` (the nearest note), `tune` (the nearest note, "
        "and pitch bend for the rest, as other tunings need it), or `slide` (the note stays and pitch bend follows, as "
        "far as `bend_range` reaches).",
    )
    gate: _OutputOf | None = Field(
        default=None,
        description="Without `when`: an output, such as a level. The note sounds while it is above a tenth of its "
        "range, until it falls below a twentieth.",
    )
    velocity: Annotated[str, DataOrName()] = Field(
        default="100", description="1 to 127, or an output, whose range is spread over these."
    )
    length: Annotated[float, Quantity("s", 0.005, 60.0)] | None = Field(
        default=None,
        description="How long a note with `when` sounds; by default 100 ms, and that of a class as long as the class.",
    )
    channel: Channel | None = Field(default=None, description=_CHANNEL_HELP)


def short_follow(value: object) -> object:
    """Pitch bend or pressure in the short form, the output alone, as keys."""
    return value if isinstance(value, dict | MidiFollowEntry | None) else {"from": value}


_Follow = Annotated[MidiFollowEntry | None, BeforeValidator(short_follow)]
_Program = Annotated[int, WholeNumber(1, 128)]


class MidiEntry(Section):
    """What leaves as MIDI. The ports are those of the settings (`midi`), since they belong to the machine."""

    channel: Channel = Field(
        default=1, description="The channel. With `voices: per_person`, that of the first person; each has the next."
    )
    controls: list[MidiControlEntry] = Field(
        default=[], max_length=MOST_LISTED, description="Control changes that follow outputs."
    )
    bend: _Follow = Field(default=None, description="An output that pitch bend follows; the middle bends nothing.")
    pressure: _Follow = Field(default=None, description="An output that channel pressure follows.")
    bend_range: Annotated[float, Quantity("", 0.5, 96.0)] | None = Field(
        default=None,
        description="How far pitch bend reaches to either side, in semitones; the synthesiser is told of it. By "
        "default 2, with `mpe` 48.",
    )
    notes: list[MidiNoteEntry] = Field(default=[], max_length=MOST_LISTED, description="Notes.")
    program: _Program | None = Field(
        default=None,
        description="The program (sound) that the synthesiser is asked for when the preset begins, and when a scene "
        "begins that has none in `programs`.",
    )
    programs: dict[SceneName, _Program] = Field(
        default={}, max_length=MOST_LISTED, description="The same for scenes: when each begins."
    )
    clock: YesNo = Field(
        default=False,
        description="Whether the beat of `tempo` is sent: MIDI clock, 24 times a quarter note, with start at a bar "
        "line and stop.",
    )
    mpe: YesNo = Field(
        default=False,
        description="MPE: each voice has a member channel, from 2 on, and channel 1 is the master of all.",
    )
    rate: Annotated[float, Quantity("Hz", 1.0, 200.0)] = Field(
        default=50.0,
        description="How often each controller is sent, at most; and all together no faster than a MIDI cable.",
    )
