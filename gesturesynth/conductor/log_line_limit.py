"""How many lines of a log one hand may fill. Pure: time is passed in.

Every command is a line, so that one can read who did what; but a program that sends hundreds a second would fill a disk
in a week. What is left out is counted, and told in one line.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.osc.admission import TokenBucket

LINES_A_S: Final = 0.5
"""Lines of one hand, in the long run: 43,000 a day, some megabytes."""
LINES_AT_ONCE: Final = 30
ALL_LINES_A_S: Final = 2.0
ALL_LINES_AT_ONCE: Final = 120
"""Of all hands together: there may be many."""
TELL_S: Final = 30.0
"""Between lines about what was left out."""
MOST_HANDS: Final = 64


@dataclass
class _Hand:
    lines: TokenBucket
    left_out: int = 0


class LogLineLimit:
    """Which lines are written."""

    def __init__(self) -> None:
        self._hands: OrderedDict[str, _Hand] = OrderedDict()
        self._all = TokenBucket(ALL_LINES_A_S, ALL_LINES_AT_ONCE, 0.0)
        self._tell_s = 0.0
        self._forgotten = 0

    def allows(self, sender: str, now_s: float) -> bool:
        """Whether a line about what this hand did may be written; if not, it is counted."""
        known = self._hands.pop(sender, None) or _Hand(TokenBucket(LINES_A_S, LINES_AT_ONCE, now_s))
        self._hands[sender] = known
        if len(self._hands) > MOST_HANDS:
            self._forgotten += self._hands.popitem(last=False)[1].left_out
        mine = known.lines.fill(now_s) >= 1.0
        if self._all.fill(now_s) >= 1.0 and mine:
            known.lines.tokens -= 1.0
            self._all.tokens -= 1.0
            return True
        known.left_out += 1
        return False

    def left_out(self, now_s: float) -> Iterator[tuple[str, int]]:
        """Hands, and how many lines of theirs were left out since they were told last; at most every `TELL_S`.

        Hands that are not remembered are told together, under an empty name.
        """
        if now_s < self._tell_s:
            return
        told = [(name, hand.left_out) for name, hand in self._hands.items() if hand.left_out]
        told += [("", self._forgotten)] if self._forgotten else []
        if not told:
            return
        self._tell_s = now_s + TELL_S
        self._forgotten = 0
        for sender in self._hands.values():
            sender.left_out = 0
        # One line each for a few; the rest together, or many hands would fill the log with these.
        told.sort(key=lambda one: -one[1])
        yield from told[:3]
        if rest := sum(count for _, count in told[3:]):
            yield "", rest
