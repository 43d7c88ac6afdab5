"""A Markov chain over the words of a text: passages that follow it closely, or loosely. Pure.

The order says how many words the next one depends on: with 3 a passage is mostly made of longer pieces of the text,
with 1 any word may come that ever followed the last one (Shannon, A Mathematical Theory of Communication, 1948, 3).
docs/words.md has the measured difference.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.words.dice import Dice
from gesturesynth.words.source_text import sentences

MOST_ORDER: Final = 3
_BOUNDARY: Final = 0
"""Between sentences, and before the first."""
_REDRAWS: Final = 4
"""How often another word is drawn where one comes to the end of a sentence too early."""
_OVERTIME: Final = 6
"""A passage that finds no end within so many words more than it should have is cut off."""
_ENOUGH: Final = 0.7
"""Of the length that is wanted: a passage that has come to the end of a sentence by then ends with it."""
_COMMON: Final = 0.006
"""A word that is more of the text than this share joins others (`the`, `and`, `of`): no passage ends with it."""
_MOST_PLACES: Final = 300
"""Of a pair of words that are looked at for a third: a text that is one word over and over costs little more, too."""
_TAIL: Final = re.compile(r"[\s,;:–—\-(\[«„“]+$")
_PAIRED: Final = (("(", ")"), ("[", "]"), ("“", "”"), ("„", "“"), ("«", "»"), ("‹", "›"))
_GOES_ON: Final = ",;:–—"
"""At the end of a line of verse, these do not end the sentence."""
_TRIMMED: Final = "\"'.,;:!?…–—-()[]“”„‘’«»‹›¿¡。、！？؟،"


@dataclass(frozen=True)
class Chain:
    """The chain of a text.

    Args:
        text: decoded; may have any number of sentences.
    """

    text: str
    _words: list[str] = field(init=False, repr=False, compare=False)
    _numbers: list[int] = field(init=False, repr=False, compare=False)  # of words, as they count for the context
    _after_one: dict[int, list[int]] = field(init=False, repr=False, compare=False)
    _after_two: dict[tuple[int, int], list[int]] = field(init=False, repr=False, compare=False)
    _common: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Makes the tables: where each word, and each pair of words, is followed by what."""
        words, numbers = [""], [_BOUNDARY]
        known: dict[str, int] = {}
        for sentence in sentences(self.text):
            for word in sentence:
                words.append(word)
                key = word.strip().strip(_TRIMMED).casefold() or word.strip()
                numbers.append(known.setdefault(key, len(known) + 1))
            words.append("")
            numbers.append(_BOUNDARY)
        one: dict[int, list[int]] = defaultdict(list)
        two: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place in range(1, len(numbers)):
            one[numbers[place - 1]].append(place)
            if place > 1:
                two[numbers[place - 2], numbers[place - 1]].append(place)
        most = max(2.0, _COMMON * len(numbers))
        common = frozenset(number for number, places in one.items() if len(places) > most)
        made = {
            "_words": words,
            "_numbers": numbers,
            "_after_one": dict(one),
            "_after_two": dict(two),
            "_common": common,
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def passage(self, dice: Dice, length: int, order: float = MOST_ORDER) -> str:
        """A passage of about so many words; it begins where a sentence of the text begins, and ends where one ends.

        Args:
            dice: chooses.
            length: words, 1 or more.
            order: 1 to 3; between two whole numbers, now the one and now the other.
        """
        places: list[int] = []
        whole = 0  # so many of them end with a sentence
        context = [_BOUNDARY]
        while len(places) < length + _OVERTIME:
            depth = int(order) + dice.chance(order % 1.0)
            ended = bool(places) and context != [_BOUNDARY] and self._ends(places[-1])
            place = places[-1] + 1 if ended else self._next(dice, context, depth, enough=len(places) >= length)
            if self._numbers[place] == _BOUNDARY:
                whole = len(places)
                if whole >= _ENOUGH * length:
                    return self._closed(places, whole=True)
                context = [_BOUNDARY]
                continue
            places.append(place)
            context = [*context[-2:], self._numbers[place]]
            if len(places) >= length and self._words[place][-1] in _GOES_ON:
                break
        if whole >= length / 2:
            return self._closed(places[:whole], whole=True)
        return self._closed(self._cut(places, length), whole=False)

    def _ends(self, place: int) -> bool:
        """Whether a sentence ends with the word at this place, by its full stop: nothing of another one follows it."""
        return self._numbers[place + 1] == _BOUNDARY and not (
            self._words[place][-1].isalnum() or self._words[place][-1] in _GOES_ON
        )

    def _cut(self, places: list[int], length: int) -> list[int]:
        """The places up to about `length`, without words at the end that join others."""
        for end in (*range(min(length, len(places)), 0, -1), *range(length + 1, len(places) + 1)):
            if self._numbers[places[end - 1]] not in self._common:
                return places[:end]
        return places[:length]

    def _next(self, dice: Dice, context: list[int], depth: int, *, enough: bool) -> int:
        """The place of the word that follows; one that ends the sentence is wanted where the passage is long enough."""
        places = self._places(context, depth)
        if enough:
            ends = [place for place in places[:200] if self._numbers[place] == _BOUNDARY]
            return dice.choice(ends or places)
        place = dice.choice(places)
        for _ in range(_REDRAWS):
            if self._numbers[place] != _BOUNDARY:
                break
            place = dice.choice(places)
        return place

    def _places(self, context: list[int], depth: int) -> Sequence[int]:
        """Where the text goes on from this context, as deep as it is found."""
        last = context[-1]
        if depth > 1 and len(context) > 1:
            pairs = self._after_two.get((context[-2], last), ())
            if depth > 2 and len(context) > 2:
                some = pairs[:: len(pairs) // _MOST_PLACES + 1]
                threes = [place for place in some if place > 2 and self._numbers[place - 3] == context[-3]]
                if threes:
                    return threes
            if pairs:
                return pairs
        return self._after_one.get(last) or self._after_one[_BOUNDARY]

    def _closed(self, places: list[int], *, whole: bool) -> str:
        """Words as a text: without what opens and does not close, and without a comma at its end."""
        text = "".join(self._words[place] for place in places).strip()
        for opening, closing in _PAIRED:
            if text.count(opening) != text.count(closing):
                text = text.replace(opening, "").replace(closing, "")
        if text.count('"') % 2:
            text = text.replace('"', "")
        return text if whole else _TAIL.sub("", text)
