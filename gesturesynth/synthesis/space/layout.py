"""Loudspeakers and where they stand, and how much of a layer's two sides each of them gets. Pure.

A layer has two sides, L and R. Where several loudspeakers stand, it is placed as its middle M = (L + R) / sqrt(2) and
its difference S = (L - R) / sqrt(2), each with a vector of gains, one for each loudspeaker. The middle lies between the
two loudspeakers that are next to its place, by sine and cosine (V. Pulkki, "Virtual sound source positioning using
vector base amplitude panning", JAES 45, 1997, for neighbours of equal distance). The difference lies around it. Both
vectors have length 1 and are at right angles, as M. A. Gerzon asked of energy-preserving decoders ("Optimum
reproduction matrices for multispeaker stereo", JAES 40, 1992). So the power of all loudspeakers together is the power
of L and R, at every place, whatever both sides have in common; and in the middle between two loudspeakers these get
exactly L and R.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import UserError

Shape = Literal["ring", "row", "headphones"]
"""Around the audience, side by side in front of it, or at the ears."""
SHAPES: Final[tuple[Shape, ...]] = ("ring", "row", "headphones")
CHANNELS: Final = (1, 2, 4, 8)
"""How many loudspeakers there can be."""
FULL_CIRCLE: Final = 360.0

Gains = NDArray[np.float64]


@dataclass(frozen=True)
class SpeakerLayout:
    """The loudspeakers of this machine.

    Attributes:
        channels: of the device: 1, 2, 4 or 8.
        shape: ignored for one loudspeaker; two in a ring or in a row are plain stereo.
        rotation_deg: of a ring, clockwise. At 0 the first two loudspeakers stand left and right of the front, the
            others follow clockwise at equal distances.
        order: the channels (from 1) of the loudspeakers, clockwise from the first, or from left to right. Empty: as
            they come.

    Raises:
        UserError: the channels, or their order, do not fit.
    """

    channels: int = 2
    shape: Shape = "ring"
    rotation_deg: float = 0.0
    order: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.channels not in CHANNELS:
            raise UserError(f"there can be 1, 2, 4 or 8 channels, not {self.channels}")
        if self.shape == "headphones" and self.channels != 2:
            raise UserError(f"headphones have 2 channels, not {self.channels}")
        if self.order and sorted(self.order) != list(range(1, self.channels + 1)):
            listed = ", ".join(map(str, self.order))
            raise UserError(
                f"the order of {self.channels} loudspeakers lists the channels 1 to {self.channels}, each once, "
                f"not [{listed}]"
            )

    @property
    def placed(self) -> int:
        """Channels that layers are placed in: those of the device, 2 for one loudspeaker."""
        return max(2, self.channels)

    @property
    def spatial(self) -> bool:
        """Whether there is more than left and right."""
        return self.placed > 2

    def with_outputs(self, outputs: int) -> SpeakerLayout:
        """This layout for a device that has only so many outputs: itself, or a smaller one in stereo or mono."""
        if outputs >= self.channels:
            return self
        fewer = max(count for count in CHANNELS if count <= max(1, outputs))
        shape: Shape = "row" if self.shape == "row" else "ring"
        return SpeakerLayout(fewer, shape, self.rotation_deg)

    @property
    def name(self) -> str:
        """For people: `stereo`, `mono`, `headphones`, `ring of 4`, `row of 8`."""
        if self.shape == "headphones":
            return self.shape
        return {1: "mono", 2: "stereo"}.get(self.channels, f"{self.shape} of {self.channels}")

    @property
    def channel_names(self) -> tuple[str, ...]:
        """By channel: its number, and where its loudspeaker stands."""
        if self.channels <= 2:
            return ("mono",) if self.channels == 1 else ("left", "right")
        if self.shape == "row":
            return tuple(f"{channel + 1}_place_{number + 1}" for channel, number in enumerate(self._numbers()))
        return tuple(f"{channel + 1}_{azimuth:+g}deg" for channel, azimuth in enumerate(self.azimuths_deg))

    @property
    def azimuths_deg(self) -> tuple[float, ...]:
        """Where the loudspeakers of a ring stand, by channel: degrees clockwise from the front, -180 to 180."""
        step = FULL_CIRCLE / self.placed
        first = self._first_deg
        clockwise = [(first + number * step + 180.0) % FULL_CIRCLE - 180.0 for number in range(self.placed)]
        return tuple(clockwise[number] for number in self._numbers())

    @property
    def _first_deg(self) -> float:
        return self.rotation_deg - FULL_CIRCLE / self.placed / 2

    def _numbers(self) -> list[int]:
        """By channel, the number of its loudspeaker in the ring or row, from 0."""
        order = self.order if len(self.order) == self.placed else tuple(range(1, self.placed + 1))
        return [order.index(channel) for channel in range(1, self.placed + 1)]

    def side_gains(self, places: Gains) -> Gains:
        """How much each loudspeaker gets of both sides of a layer. Only where the layout is `spatial`.

        Args:
            places: float64 (n,). In a ring: parts of a circle clockwise from the front, any number. In a row: 0 (the
                loudspeaker at the left end) to 1; what is beyond is taken as the end.

        Returns:
            float64 (channels, 2, n): by channel, the gains of L and of R.
        """
        count = self.placed
        if self.shape == "row":
            along = np.clip(places, 0.0, 1.0) * (count - 1)
            left = np.minimum(np.floor(along), count - 2)
        else:
            step = FULL_CIRCLE / count
            along = (places * FULL_CIRCLE - self._first_deg) / step
            left = np.floor(along)
        angle = (along - left) * (math.pi / 2)
        before = math.sqrt(0.5) * np.maximum(0.0, np.cos(2 * angle))
        after = math.sqrt(0.5) * np.maximum(0.0, -np.cos(2 * angle))
        if self.shape == "row":  # beyond its ends there is nothing
            before[left == 0] = 0.0
            after[left == count - 2] = 0.0
        between = np.sqrt(1.0 - before**2 - after**2)
        middle, difference = np.zeros((2, count, len(places)))
        at, all_places = left.astype(int), np.arange(len(places))
        middle[at % count, all_places] = np.cos(angle)
        middle[(at + 1) % count, all_places] = np.sin(angle)
        difference[(at - 1) % count, all_places] += before
        difference[at % count, all_places] += between * np.sin(angle)
        difference[(at + 1) % count, all_places] -= between * np.cos(angle)
        difference[(at + 2) % count, all_places] -= after
        sides = np.stack([middle + difference, middle - difference], axis=1) * math.sqrt(0.5)
        return np.asarray(sides[self._numbers()])

    def return_sides(self) -> tuple[int, ...]:
        """Which side of a bus each channel plays, by channel: 0 left, 1 right; as many of the one as of the other."""
        if self.shape == "row":
            return tuple(number % 2 for number in self._numbers())
        # In the ring, the half on the left; on the axis from front to back either.
        clockwise = sorted(self.azimuths_deg)
        return tuple(int(clockwise.index(azimuth) >= self.placed // 2) for azimuth in self.azimuths_deg)


STEREO: Final = SpeakerLayout()
