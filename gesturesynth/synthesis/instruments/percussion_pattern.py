"""The bar that the percussion plays by itself: sixteen steps, each with an order in which drums join.

A step sounds when its weight is above 1 - `busy`, so that a bar fills up from its main beats to its ghost notes as
`busy` rises, always with the same skeleton. Weights also are loudness: what joins late is soft. A weight above 1 sounds
always.
"""

from __future__ import annotations

from typing import Final

STEPS: Final = 16

WEIGHTS: Final[dict[str, tuple[float, ...]]] = {
    "kick": (1.1, 0.1, 0.2, 0.3, 0.45, 0.1, 0.55, 0.2, 0.9, 0.1, 0.65, 0.25, 0.4, 0.2, 0.35, 0.3),
    "snare": (0.0, 0.1, 0.05, 0.2, 0.95, 0.05, 0.15, 0.3, 0.0, 0.35, 0.1, 0.2, 0.92, 0.1, 0.25, 0.4),
    "hat": (0.8, 0.3, 0.7, 0.32, 0.8, 0.3, 0.75, 0.35, 0.8, 0.3, 0.7, 0.32, 0.8, 0.35, 0.75, 0.5),
    "tom": (0.0, 0.0, 0.0, 0.2, 0.0, 0.0, 0.3, 0.15, 0.0, 0.0, 0.0, 0.38, 0.0, 0.22, 0.48, 0.58),
    "clap": (0.0, 0.0, 0.0, 0.0, 0.42, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.18, 0.68, 0.0, 0.22, 0.0),
}
"""Weight of each step, by trigger."""


def velocities(weights: tuple[float, ...]) -> list[float]:
    """How hard each step is struck, 0.3 to 1."""
    return [0.3 + 0.7 * min(weight, 1.0) for weight in weights]
