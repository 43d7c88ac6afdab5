"""What a preset says about its words, checked and complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.words.grammar import Grammar
from gesturesynth.words.template import Template

ANY: Final = "any"
"""In the place of a class, gesture or scene: the lines for all that has none of its own."""
CLASS: Final = "class"
GESTURE: Final = "gesture"
TIME: Final = "time"
MOTION: Final = "energy"
"""The feature by which a person moves or stands, unless the preset names another source."""
OCCASIONS: Final = (CLASS, GESTURE, TIME)
"""What may bring a new line: a class that is entered, a gesture that was performed, time while a person moves."""


@dataclass(frozen=True)
class WordsSetup:
    """The words of a preset.

    Attributes:
        grammar: rules and text.
        lines: templates by class, gesture, scene, or ANY.
        idle: templates of what is shown while no person is in view; none for nothing.
        occasions: of `OCCASIONS`.
        every_s: time between two lines that no class or gesture brings, at pace 0 and at pace 1.
        rest_s: the least time between two lines.
        hold_s: a line is shown for so long at most; 0 until the next one.
        fade_s: how long a line takes to come and to go.
        length: words of a line at its shortest and its longest.
        bends: of `BENDS`, what bends it: the name of an output or of a source.
        motion: the source by which a person moves or stands.
        seed: of all choices; None for another one each time that the preset begins.
        idle_after_s: a room counts as empty after so long without a person.
        file: the name of the text; empty without one.
    """

    grammar: Grammar
    lines: Mapping[str, tuple[Template, ...]]
    idle: tuple[Template, ...] = ()
    occasions: tuple[str, ...] = OCCASIONS
    every_s: tuple[float, float] = (10.0, 3.0)
    rest_s: float = 1.5
    hold_s: float = 20.0
    fade_s: float = 1.0
    length: tuple[int, int] = (3, 10)
    bends: Mapping[str, str] = field(default_factory=dict)
    motion: str = MOTION
    seed: int | None = None
    idle_after_s: float = 0.5
    file: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """All that is to be read: what bends lines, and the motion; each once."""
        return tuple(dict.fromkeys((*self.bends.values(), *([self.motion] if TIME in self.occasions else []))))
