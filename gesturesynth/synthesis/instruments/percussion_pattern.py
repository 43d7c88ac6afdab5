"""The bars that the percussion plays by itself: sixteen steps each, with an order in which drums join.

A step sounds when its weight is above 1 - `busy`, so that a bar fills up from its main beats to its ghost notes as
`busy` rises, always with the same skeleton. Weights also are loudness: what joins late is soft. A weight above 1 sounds
always.

`variety` adds two things to the weights: what the second, third and fourth of every four bars have of their own (the
fourth ends in a fill), and chance, at each step and for each drum in every bar another.
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


BARS: Final = 4

_TURNS: Final[dict[str, dict[int, tuple[float, ...]]]] = {
    # bar -> what is added to the weights of its sixteen steps
    "kick": {
        1: (0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 0.2, 0, 0, 0.3, 0, 0),
        2: (0, 0, 0.35, 0, 0, 0, -0.3, 0, 0, 0.3, 0, 0, 0, 0, 0.3, 0),
        3: (0, 0, 0, 0, 0, 0, 0.2, 0, 0, 0, -0.4, 0, -0.3, 0.4, -0.2, -0.2),
    },
    "snare": {
        1: (0, 0, 0, 0, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 0, 0.2),
        2: (0, 0, 0, 0, 0, 0, 0.2, 0, 0, 0.3, 0, 0, 0, 0, 0, 0),
        3: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.2, 0, 0.5, 0.4, 0.55),
    },
    "hat": {3: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.5, -0.2, -0.5, -0.3)},
    "tom": {
        2: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.2),
        3: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.4, 0.6, 0.4, 0.45, 0.35),
    },
    "clap": {1: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.4)},
}
CHANCE: Final = 0.3
"""How far a weight strays at most, each way, when variety is 1."""


def turns(drum: str) -> list[float]:
    """What `variety` adds to the weights of a drum over four bars, (64,)."""
    bars = _TURNS.get(drum, {})
    return [float(value) for bar in range(BARS) for value in bars.get(bar, (0.0,) * STEPS)]


def velocities(weights: tuple[float, ...]) -> list[float]:
    """How hard each step is struck, 0.3 to 1."""
    return [0.3 + 0.7 * min(weight, 1.0) for weight in weights]
