"""Makes lines: a template is chosen, expanded and bent. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from gesturesynth.words.bends import Bends
from gesturesynth.words.dice import Dice
from gesturesynth.words.setup import WordsSetup
from gesturesynth.words.template import Template

TRIES: Final = 3
"""So many lines are made, and the one whose length fits best is taken."""
REMEMBERED: Final = 6
"""Lines that are not said again, if there are others."""


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
        made = [
            " ".join(
                self._setup.grammar.expanded(self._dice.choice(templates), self._dice, wanted, bends.order).split()
            )
            for _ in range(TRIES)
        ]
        fresh = [line for line in made if line not in self._said]
        line = min(fresh or made, key=lambda one: abs(len(one.split()) - wanted))
        self._said.append(line)
        return bends.bent(line, self._dice)

    def _made(self, templates: Sequence[Template], length: int, bends: Bends) -> str:
        template = self._dice.choice(templates)
        return " ".join(self._setup.grammar.expanded(template, self._dice, length, bends.order).split())
