"""Makes lines: a template is chosen, expanded and bent. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from gesturesynth.words.bends import MOST_CHARACTERS, Bends
from gesturesynth.words.dice import Dice
from gesturesynth.words.setup import WordsSetup
from gesturesynth.words.template import Template

TRIES: Final = 4
"""So many lines are made. The one whose length fits best is taken, and one that was said of late fits less."""
REMEMBERED: Final = 6
"""Lines that count as said of late."""


class LineMaker:
    """Makes the lines of a preset.

    Args:
        setup: of the preset.
        seed: of all choices.
    """

    def __init__(self, setup: WordsSetup, seed: int) -> None:
        self._setup = setup
        self._dice = Dice(seed)
        self._said: deque[str] = deque(maxlen=REMEMBERED)

    def line(self, templates: Sequence[Template], bends: Bends) -> str:
        """A line from one of these templates; empty where there are none.

        Args:
            templates: of which one is chosen.
            bends: how far it is bent.
        """
        if not templates:
            return ""
        low, high = self._setup.length
        place = bends.of("length", self._dice.between(0.0, 1.0))
        wanted = round(low + (high - low) * place)
        made = [self._made(templates, wanted, bends) for _ in range(TRIES)]
        line = min(made, key=lambda one: abs(len(one.split()) - wanted) + self._staleness(one))
        self._said.append(line)
        return bends.bent(line, self._dice)

    def _staleness(self, line: str) -> int:
        """In words of length: nothing for a line that was not said of late, most for the last one."""
        if self._said and line == self._said[-1]:
            return MOST_CHARACTERS
        return max((place for place, said in enumerate(self._said) if said == line), default=0)

    def _made(self, templates: Sequence[Template], length: int, bends: Bends) -> str:
        template = self._dice.choice(templates)
        return " ".join(self._setup.grammar.expanded(template, self._dice, length, bends.order).split())
