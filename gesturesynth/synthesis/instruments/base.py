"""What an instrument is: a table of parameters, perhaps some triggers, and a graph of pyo objects behind them.

Tables are plain data, so that presets can be checked and documents written without an audio library: pyo is imported
only where a graph is built (`load_pyo`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.units import Unit, Warp
from gesturesynth.synthesis.pyo_loader import PyoClasses, load_pyo
from gesturesynth.synthesis.tempo.timing import InstrumentTiming

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.sounds.recorded import Sounds


@dataclass(frozen=True)
class Parameter:
    """One thing about an instrument that a gesture can move.

    Attributes:
        name: lower case, unique within the instrument.
        unit: base unit of `low`, `high` and `default`.
        low, high: the range; nothing outside ever reaches the instrument. `low` < `high`.
        warp: how a gesture should spread over the range.
        default: its value unless a preset or a gesture sets another; within the range.
        glide_s: how long a change takes unless the preset says otherwise.
        help: one line for people.
        pitch: it is the pitch of what is heard, so a scale may lead it; in Hz, or as a ratio (`x`). `low` is above 0.
        cycle: above 0, it comes round after so much, as an angle does: it glides the shorter way.
    """

    name: str
    unit: Unit
    low: float
    high: float
    warp: Warp
    default: float
    glide_s: float
    help: str
    pitch: bool = False
    cycle: float = 0.0


@dataclass(frozen=True)
class Trigger:
    """One event that an instrument can play, such as a stroke."""

    name: str
    help: str


LEVEL = Parameter("level", "dB", -80.0, 0.0, "lin", -12.0, 0.08, "Loudness; -80 dB is silence.")
"""Every instrument has it, with this meaning: at 0 dB and default settings all are equally loud (see tests)."""


class Instrument(ABC):
    """One graph of pyo objects. Subclasses fill the tables and build the graph in `build`.

    Attributes:
        kind: the name that presets use.
        about: one sentence for people.
        parameters: the table; `LEVEL` is among them.
        triggers: what `fire` accepts.
        sounds_help: what sound files are for, where it plays some (`sounds` in a preset); empty where it plays none.
        origin: where the code of an own instrument comes from; empty for those of the project.
        listens: it gets what the other instruments of its piece play.
        struck_alone: those of the triggers that are struck while it is measured; None: all.
        timing: the tempo, for `build`.
        heard: what the others play; None where it plays alone.
        sounds: recorded sounds, for `build`; empty where a preset names none.
        due: for `fire`, at which sample of the next buffer the trigger is due; 0 where it is not on the beat.
    """

    kind: ClassVar[str]
    about: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    triggers: ClassVar[tuple[Trigger, ...]] = ()
    sounds_help: ClassVar[str] = ""
    origin: ClassVar[str] = ""
    listens: ClassVar[bool] = False
    struck_alone: ClassVar[tuple[str, ...] | None] = None

    def __init__(
        self,
        controls: Mapping[str, PyoObject],
        timing: InstrumentTiming | None = None,
        sounds: Sounds = (),
        heard: PyoObject | None = None,
    ) -> None:
        """Builds the graph.

        Args:
            controls: one mono pyo stream for each parameter, in its unit, already gliding.
            timing: the tempo; without one there is no clock: see InstrumentTiming.
            sounds: those of the files that a preset names.
            heard: what the other instruments give to the master, two streams, one buffer late; for one that `listens`.

        Raises:
            GestureSynthError: the graph is not one of two streams.
        """
        self.timing = timing or InstrumentTiming()
        self.sounds = sounds
        self.heard = heard
        self.due = 0
        self.output = self.build(load_pyo(), controls)
        if (streams := len(self.output)) != 2:
            raise GestureSynthError(f"its graph ends in {streams} streams; it must end in two, left and right")

    @property
    def busy(self) -> bool:
        """Whether it does something that is not heard, so that it may not be suspended."""
        return False

    @abstractmethod
    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """Makes the graph and returns its end: a pyo object of two streams, left and right, not yet `.out()`.

        Keep a reference to every object of the graph on `self`, or pyo drops it.
        """

    def fire(self, trigger: str) -> None:
        """Plays a trigger. Only for the names in `triggers`."""
        raise KeyError(trigger)

    def tidy(self) -> None:  # noqa: B027 - most have nothing to do
        """Does what takes too long for the audio callback, in which triggers on the beat are fired. Called often."""
