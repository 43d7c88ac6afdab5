"""What movement does to a line: its length, how closely it follows the text, repeated words, capitals, pauses. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.words.chain import MOST_ORDER
from gesturesynth.words.dice import Dice

BENDS: Final = {
    "length": "how long lines are, from the low end of `length` to the high one",
    "pace": "how soon a new line comes, from the first time of `every` to the second",
    "loose": "how loosely passages follow the text: at 0 by three words, at 1 by one",
    "repeat": "how many words are said twice, or three times",
    "capitals": "how many words are in capitals: at 1 all of them",
    "pauses": "how many pauses (…) there are between words: at 1 at every second one",
}
"""What can be bent, and how."""

UNBENT: Final = 0.5
"""How loose passages are where nothing says it: two words decide the next one, and one line in fourteen is of the text
as it is (docs/words.md)."""
REPEATED: Final = 0.35
"""The share of words that are repeated at 1: more is read as a fault of the program."""
PAUSED: Final = 0.5
"""The share of blanks that are pauses at 1."""
PAUSE: Final = "…"
MOST_CHARACTERS: Final = 300
"""Of a line; longer ones are cut between words."""
_EDGES: Final = ".,;:!?…。"


@dataclass(frozen=True)
class Bends:
    """How far a line is bent, 0..1 by the name of the bend; what is not there does not bend."""

    values: Mapping[str, float] = field(default_factory=dict)

    def of(self, name: str, usual: float = 0.0) -> float:
        """How far one of `BENDS` is bent; `usual` where nothing bends it."""
        return self.values.get(name, usual)

    @property
    def order(self) -> float:
        """The order of the chain, 1 to MOST_ORDER."""
        return MOST_ORDER - (MOST_ORDER - 1) * self.of("loose", UNBENT)

    def bent(self, line: str, dice: Dice) -> str:
        """The line with repeated words, capitals and pauses; never longer than MOST_CHARACTERS."""
        words: list[str] = []
        for word in line.split():
            if words and dice.chance(REPEATED * self.of("repeat")):
                said = word.strip(_EDGES)
                words += [said] * (1 + dice.index(2)) if said else []
            words.append(word)
        capitals, pauses = self.of("capitals"), self.of("pauses")
        words = [word.upper() if dice.chance(capitals) else word for word in words]
        spaced = words[:1]
        for word in words[1:]:
            spaced += [PAUSE, word] if dice.chance(PAUSED * pauses) and not spaced[-1].endswith(PAUSE) else [word]
        return _cut(" ".join(spaced))


def _cut(line: str) -> str:
    if len(line) <= MOST_CHARACTERS:
        return line
    head = line[:MOST_CHARACTERS]
    return head[: head.rfind(" ")] if " " in head else head
