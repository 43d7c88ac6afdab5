"""What a preset is made of, once it is checked: its outputs and its classes, complete and in base units."""

from __future__ import annotations

from dataclasses import dataclass

from gesturesynth.core.units import Unit, Warp


@dataclass(frozen=True)
class PresetOutput:
    """One output, complete.

    Attributes:
        name: unique within the preset.
        to: the parameter it moves, `instrument.parameter`.
        low, high: the values at the two ends of its range, in `unit`; `low` may be the greater one.
        unit, warp: the parameter's unit, and how the range is spread.
        glide_s: how long a change takes to arrive.
        idle: where it goes when nobody is there; None: it stays.
    """

    name: str
    to: str
    low: float
    high: float
    unit: Unit
    warp: Warp
    glide_s: float
    idle: float | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The range, lower end first."""
        return min(self.low, self.high), max(self.low, self.high)


@dataclass(frozen=True)
class PresetClass:
    """One kind of pose that is recognised, and what comes of it.

    Attributes:
        hold_s: it counts as entered when it was seen for so long, and as left when it was not.
        rest_s: after it struck or changed the preset, it does neither for so long.
        trigger: `instrument.trigger` that is struck when the class is entered; None for none.
        snapshot: the number of a snapshot that sounds as long as the class lasts; None for none.
        preset: the name of the preset that plays from then on; None for no other.
    """

    hold_s: float
    rest_s: float
    trigger: str | None = None
    snapshot: int | None = None
    preset: str | None = None
