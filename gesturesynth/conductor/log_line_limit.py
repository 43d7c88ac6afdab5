"""How many lines of the log one sender of commands may fill. Pure: time is passed in.

Every command is a line in the log, so that one can read who did what; but a program that sends hundreds a second would
fill a disk in a week. Lines that are left out are counted, and one line gives their number.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.osc.admission import TokenBucket

LINES_A_S: Final = 0.5
"""Lines of one sender, in the long run: 43,000 a day, some megabytes."""
LINES_AT_ONCE: Final = 30
ALL_LINES_A_S: Final = 2.0
ALL_LINES_AT_ONCE: Final = 120
"""Of all senders together: there may be many."""
SUMMARY_S: Final = 30.0
"""Between log lines about lines that were left out."""
MOST_SENDERS: Final = 64


@dataclass
class _Sender:
    lines: TokenBucket
    left_out: int = 0


class LogLineLimit:
    """Decides which lines are written."""

    def __init__(self) -> None:
        self._senders: OrderedDict[str, _Sender] = OrderedDict()
        self._all = TokenBucket(ALL_LINES_A_S, ALL_LINES_AT_ONCE, 0.0)
        self._due_s = 0.0
        self._others_left_out = 0

    def allows(self, sender: str, now_s: float) -> bool:
        """Whether a line about a command of this sender may be written; if not, it is counted."""
        known = self._senders.pop(sender, None) or _Sender(TokenBucket(LINES_A_S, LINES_AT_ONCE, now_s))
        self._senders[sender] = known
        if len(self._senders) > MOST_SENDERS:
            self._others_left_out += self._senders.popitem(last=False)[1].left_out
        mine = known.lines.fill(now_s) >= 1.0
        if self._all.fill(now_s) >= 1.0 and mine:
            known.lines.tokens -= 1.0
            self._all.tokens -= 1.0
            return True
        known.left_out += 1
        return False

    def left_out(self, now_s: float) -> Iterator[tuple[str, int]]:
        """Senders, and how many of their lines were left out since the last report; at most every `SUMMARY_S`.

        Senders that are not remembered any more are reported together, under an empty name.
        """
        if now_s < self._due_s:
            return
        counts = [(name, sender.left_out) for name, sender in self._senders.items() if sender.left_out]
        counts += [("", self._others_left_out)] if self._others_left_out else []
        if not counts:
            return
        self._due_s = now_s + SUMMARY_S
        self._others_left_out = 0
        for sender in self._senders.values():
            sender.left_out = 0
        # One line each for three; the rest together, or many senders would fill the log with these lines.
        counts.sort(key=lambda one: -one[1])
        yield from counts[:3]
        if rest := sum(count for _, count in counts[3:]):
            yield "", rest
