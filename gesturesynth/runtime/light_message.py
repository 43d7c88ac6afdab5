"""What the conductor tells the process that drives lamps, and what that process says of itself."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from gesturesynth.runtime.piece_state import PieceState
from gesturesynth.runtime.process_stats import ProcessStats

LightState = Literal["waiting", "live", "holding", "idle", "dark"]
"""`waiting`: no conductor was heard yet; `live`: lamps follow the piece; `holding`: the conductor is silent, and the
last look stays; `idle`: it is silent for longer, and lamps have their idle levels; `dark`: there is a reason to be."""


class LampSource(msgspec.Struct, frozen=True):
    """What a level, a hue or a saturation follows.

    Attributes:
        kind: `constant`; `output`, by its position in its range; `class`, 1 while it is entered; or `feature`, by its
            place between `low` and `high`.
        name: of the output, class or feature.
        value: of a constant, 0..1.
        low, high: of a feature, in its unit.
    """

    kind: Literal["constant", "output", "class", "feature"] = "constant"
    name: str = ""
    value: float = 0.0
    low: float = 0.0
    high: float = 1.0


class LampSetup(msgspec.Struct, frozen=True):
    """One lamp of a preset.

    Attributes:
        name: for people.
        universe: as the preset counts them.
        channel: its first, 1..512; the others follow, the coarse byte of each component before the fine one.
        components: `w` for one dimmer, or `rgb`, `rgbw`.
        wide: two bytes for each component instead of one.
        level, hue, saturation: what they follow. hues: of the ends of `hue`, degrees.
        low, high: the levels at the two ends of what it follows, 0..1.
        square: whether the level is squared, as the eye sees even steps.
        flash: the classes, gestures and triggers, or `beat` and `bar`, that make it flash.
        decay_s: how long a flash takes to fade, seconds.
        idle: the level while no person is in view, 0..1; None: it goes on to follow.
        glide_s: in this time a change arrives by 95 %, seconds; 0 at once.
        spacing: with a voice for each person, how many channels the lamp of the next person is further on; 0: there is
            one lamp, of the voice that leads.
    """

    name: str
    universe: int
    channel: int
    components: str = "w"
    wide: bool = False
    level: LampSource = LampSource()
    hue: LampSource = LampSource()
    saturation: LampSource = LampSource(value=1.0)
    hues: tuple[float, float] = (0.0, 360.0)
    low: float = 0.0
    high: float = 1.0
    square: bool = False
    flash: tuple[str, ...] = ()
    decay_s: float = 0.3
    idle: float | None = None
    glide_s: float = 0.1
    spacing: int = 0

    @property
    def width(self) -> int:
        """How many channels one copy of it has."""
        return len(self.components) * (2 if self.wide else 1)


class LightSetup(msgspec.Struct, frozen=True):
    """The lamps of a preset, in the order of its file; and how many voices it has."""

    lamps: tuple[LampSetup, ...] = ()
    voices: int = 1


NO_LAMPS: Final = LightSetup()


class LightMessage(msgspec.Struct, frozen=True):
    """All that the lamps need: what the piece does, and what its preset says about them."""

    state: PieceState
    setup: LightSetup


class LightStatus(msgspec.Struct, frozen=True):
    """The state of the process that drives lamps. Sent four times a second.

    Attributes:
        time_s: monotonic time at which it was made, seconds; `pid` its process id.
        to: where it sends, for people: `sacn to 127.0.0.1`.
        state: see `LightState`; `dark` says why it is dark, may be empty.
        packets: data packets sent since the start; `lost` those that could not be sent.
        error: why the newest could not be sent, a sentence; empty when they are sent.
        frames: number of a universe on the network, with its address where several have that number -> its 512 levels
            as they were sent last, in their order.
        withheld: flashes that were withheld since the start, because there would have been too many in a second.
        lamps: how many the preset has.
        life: restarts, last fault and resources.
    """

    time_s: float
    pid: int
    to: str
    state: LightState
    packets: int
    lost: int
    error: str
    frames: dict[str, bytes]
    dark: str = ""
    withheld: int = 0
    lamps: int = 0
    life: ProcessStats = ProcessStats()
