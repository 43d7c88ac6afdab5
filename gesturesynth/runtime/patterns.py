"""What of a scene follows the tempo, as the engine gets it: notes, patterns, triggers on a grid. Plain values."""

from __future__ import annotations

import msgspec


class Rhythm(msgspec.Struct, frozen=True):
    """Which steps are struck.

    Attributes:
        steps: how many there are, 1 or more.
        strokes: how many are struck, spread as evenly as possible; unless they are written.
        written: for each step whether it is struck; empty for an even spread.
    """

    steps: int = 16
    strokes: int = 4
    written: tuple[bool, ...] = ()


class PatternSetup(msgspec.Struct, frozen=True):
    """One pattern of a scene.

    Attributes:
        name: unique among patterns, instruments and buses: the first half of `ring.density`.
        trigger: `instrument.trigger` that it strikes.
        rhythm: what it strikes.
        every: the length of a step, in whole notes.
        rotate: by how many steps it is later.
        turn: by how many steps more each time round.
        density: 0..1, how much of the rhythm is struck.
        chance: 0..1, how likely each stroke is.
        bars: of so many bars the last one is the fill.
        fill: what is struck then, from the beginning of the bar; None for no fill.
    """

    name: str
    trigger: str
    rhythm: Rhythm
    every: float = 0.0625
    rotate: int = 0
    turn: int = 0
    density: float = 1.0
    chance: float = 1.0
    bars: int = 4
    fill: Rhythm | None = None


class OnBeat(msgspec.Struct, frozen=True):
    """What of a scene follows the tempo.

    Attributes:
        notes: `instrument.parameter` of those whose values, fixed or moved, are lengths of notes, in whole notes.
        patterns: what strikes triggers by itself.
        grids: by `instrument.trigger`, the note that it waits for when it is fired, in whole notes.
    """

    notes: tuple[str, ...] = ()
    patterns: tuple[PatternSetup, ...] = ()
    grids: dict[str, float] = {}
