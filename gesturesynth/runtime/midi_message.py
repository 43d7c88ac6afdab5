"""What the MIDI process is sent at every tick, and what it reports. Its setup is a part of each message.

So the process reads no preset: the newest message alone says what leaves as MIDI, and what of MIDI is wanted.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from gesturesynth.runtime.action_message import ActionSetup, MidiAction
from gesturesynth.runtime.patterns import PatternSetup
from gesturesynth.runtime.piece_state import PieceState

CHANNELS: Final = 16
ControllerKind = Literal["control", "fine", "bend", "pressure"]
"""`control`: a control change of 7 bits; `fine`: two of them, of 14 bits in all; `bend`: pitch bend, 14 bits;
`pressure`: channel pressure, 7 bits."""
NoteCause = Literal["", "trigger", "class", "gesture"]
NoteBend = Literal["none", "tune", "slide"]
"""`none`: the nearest semitone; `tune`: a new note at each semitone, and the rest as pitch bend; `slide`: the note
stays and pitch bend follows the pitch, as far as its range reaches."""


class MidiController(msgspec.Struct, frozen=True):
    """An output that moves a controller.

    Attributes:
        kind: which message; `number` of the controller, 0..119 (0..31 for `fine`), without a meaning for other kinds.
        source: the name of the output.
        low, high: what the two ends of the output's range become, 0..1 of what the message can say.
        channel: 1..16; 0 for that of the voice.
        scene: the only one in which it is sent; empty for all.
    """

    kind: ControllerKind
    number: int
    source: str
    low: float = 0.0
    high: float = 1.0
    channel: int = 0
    scene: str = ""


class MidiNote(msgspec.Struct, frozen=True):
    """Notes that something plays.

    Attributes:
        cause: what plays it; empty for a note that sounds as long as its pitch is played.
        name: of the trigger, class or gesture; empty without a cause.
        note: 0..127, middle C is 60; -1 where `pitch` names an output.
        pitch: an output in Hz that says which note; or empty.
        bend: how pitches between the notes are played.
        gate: an output that says when a note without a cause sounds: above `gate_from` of its range; empty: always
            while a person is in view.
        velocity: 1..127; `velocity_from` an output whose range is spread over 1..127, or empty.
        length_s: of a note with a cause, seconds; 0 for a class: as long as the class lasts.
        grid: the note that it waits for, in whole notes, as its trigger does; 0: it begins at once.
        channel: 1..16; 0 for that of the voice.
        scene: the only one in which it sounds; empty for all.
    """

    cause: NoteCause
    name: str = ""
    note: int = -1
    pitch: str = ""
    bend: NoteBend = "none"
    gate: str = ""
    gate_from: float = 0.1
    velocity: int = 100
    velocity_from: str = ""
    length_s: float = 0.1
    grid: float = 0.0
    channel: int = 0
    scene: str = ""


class MidiPattern(msgspec.Struct, frozen=True):
    """A pattern whose strokes are notes.

    Attributes:
        pattern: as the engine plays it, in the first voice.
        density_from, chance_from: by the name of a scene, the output that moves it; the empty name stands for all.
        silent_in: scenes that do not play its instrument.
    """

    pattern: PatternSetup
    density_from: dict[str, str] = {}
    chance_from: dict[str, str] = {}
    silent_in: tuple[str, ...] = ()


class MidiSetup(msgspec.Struct, frozen=True):
    """What a preset asks of MIDI.

    Attributes:
        channel: of the first voice, 1..16. voices: how many there are; each has the next channel.
        mpe: the voices are member channels of a lower zone (MPE), from channel 2 on; channel 1 is its master.
        bend_semitones: how far pitch bend reaches to either side; the receiver is told of it.
        rate_hz: how often each controller is sent, at most.
        controllers, notes: what is sent.
        patterns: those that strike triggers of `notes`.
        programs: by the name of a scene, the program that is sent when it begins, 0..127; the empty name stands for
            the beginning of the preset.
        clock: whether the beat is sent, 24 times a quarter note, with start and stop.
        actions: those of the preset that send MIDI, with all else that they do.
        inputs: what of the MIDI that arrives is a feature, as `midi.wanted` names it: `control 74`.
    """

    channel: int = 1
    voices: int = 1
    mpe: bool = False
    bend_semitones: float = 2.0
    rate_hz: float = 50.0
    controllers: tuple[MidiController, ...] = ()
    notes: tuple[MidiNote, ...] = ()
    patterns: tuple[MidiPattern, ...] = ()
    programs: dict[str, int] = {}
    clock: bool = False
    actions: tuple[ActionSetup, ...] = ()
    inputs: tuple[str, ...] = ()

    @property
    def sends(self) -> bool:
        """Whether anything is sent."""
        return bool(self.controllers or self.notes or self.programs or self.clock or self.actions)

    def patterns_of(self, note: MidiNote) -> tuple[MidiPattern, ...]:
        """The patterns that strike a note."""
        return tuple(one for one in self.patterns if note.cause == "trigger" and one.pattern.trigger == note.name)

    @property
    def own_channels(self) -> frozenset[int]:
        """The channels of entries that have one of their own, for the first voice; 0 stands for that of the voice."""
        entries: tuple[MidiController | MidiNote, ...] = (*self.controllers, *self.notes)
        sent = (what for action in self.actions for what in action.does if isinstance(what, MidiAction))
        return frozenset([*(one.channel for one in entries), *(one.channel for one in sent)])


class MidiMessage(msgspec.Struct, frozen=True):
    """What a piece does now, and what of it leaves as MIDI."""

    state: PieceState
    setup: MidiSetup


class MidiReport(msgspec.Struct, frozen=True):
    """What the MIDI process has received, and how it does. Sent when something changes, and twice a second.

    Attributes:
        time_s: monotonic time at which it was made, seconds; `pid` the process id.
        values: the newest value of each input that the piece asks for and that has a value, by the input's name; 0..1,
            but for `bend`, which is -1..1, and `pitch`, which is a number of a note.
        count: how many values have arrived since the process started.
        listening: whether a port for input is open.
        notes: sentences about what does not work now, for people.
    """

    time_s: float
    pid: int
    values: dict[str, float] = {}
    count: int = 0
    listening: bool = False
    notes: tuple[str, ...] = ()
