"""The take: countdown, recording, and their times, by the table `TAKING`."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gesturesynth.control.session.context import Rules
from gesturesynth.control.session.events import BeginTake, Cue, EndTake, Event, ShowMessage
from gesturesynth.control.session.transitions import TAKING, TakeCause
from gesturesynth.runtime.session_state import Phase


class Take:
    """At most one take at a time. The only place that gives `BeginTake` and `EndTake`.

    Attributes:
        phase: see `TAKING`.
        target: of the newest take.
        held_by: the sender whose key is held for the take, see `sender_of`; else empty.
    """

    def __init__(self, rules: Rules) -> None:
        self.phase: Phase = "playing"
        self.held_by = ""
        self.target = ""
        self._rules = rules
        self._name = ""
        self._until_s = 0.0  # the end of the countdown or of the recording
        self._tick_s = 0.0  # when the countdown ticks next
        self._begun_s = 0.0  # when the recording began
        self._length_s = 0.0  # of this take; 0 for that of the rules

    def left_s(self, phase: Phase, now_s: float) -> float:
        """What is left of a phase, 0 or above; 0 in another."""
        return max(0.0, self._until_s - now_s) if phase == self.phase else 0.0

    def begin(self, target: str, name: str, now_s: float, length_s: float = 0.0) -> Iterator[Event]:
        """Counts down for a take of `target`, which people know as `name`; only while playing.

        It is as long as the rules say, or as `length_s`.
        """
        self.target, self._name, self._length_s = target, name, length_s
        yield from self.move("record", now_s)
        if self._rules.countdown_s == 0.0:
            yield from self.move("time", now_s)

    def hold(self, target: str, name: str, sender: str, now_s: float) -> Iterator[Event]:
        """Records a take of `target` at once, for as long as `sender` holds a key; not while one is recorded."""
        self.target, self._name, self.held_by, self._length_s = target, name, sender, 0.0
        yield from self.move("hold", now_s)

    def release(self, sender: str, now_s: float) -> Iterator[Event]:
        """A sender releases its key: its take is over, if it still goes on. What others record goes on."""
        if not sender or self.held_by != sender:
            during = self.phase == "recording"
            yield ShowMessage(
                "There is nothing to let go." + " The take goes on; 'stop' ends it." * during, failed=during
            )
            return
        long_enough = now_s - self._begun_s >= self._rules.hold_least_s
        yield from self.move("let go" if long_enough else "too short", now_s)

    def advance(self, now_s: float) -> Iterator[Event]:
        """What is due by now. However late the call, a recording begins with its start cue, so never in the past."""
        if self.phase == "playing":
            return
        if now_s >= self._until_s:
            yield from self.move("time", now_s)
        elif self.phase == "countdown" and now_s >= self._tick_s:
            ticks = math.floor((now_s - self._tick_s) / self._rules.tick_s) + 1  # missed ones are not made up for
            self._tick_s += ticks * self._rules.tick_s
            if self._until_s - now_s > self._rules.tick_s / 2:  # one just before the start would sound like it
                yield Cue("tick")

    def move(self, cause: TakeCause, now_s: float) -> Iterator[Event]:
        """One line of the table. Raises KeyError for one that is not in it."""
        before, (self.phase, keep) = self.phase, TAKING[self.phase, cause]
        if before == "recording":
            self.held_by = ""
            yield EndTake(keep, min(now_s, self._until_s))
        if self.phase == "countdown":
            self._until_s = now_s + self._rules.countdown_s
            self._tick_s = now_s + self._rules.tick_s
            yield Cue("tick") if self._rules.countdown_s else Cue("selected")
            yield ShowMessage(f"A take for {self._name} in {self._rules.countdown_s:g} s.")
        elif self.phase == "recording":
            most_s = self._rules.hold_s if self.held_by else self._length_s or self._rules.take_s
            self._begun_s, self._until_s = now_s, now_s + most_s
            yield BeginTake(self.target, now_s, self._until_s)
            yield Cue("start")
            how_long = f"until you let go, {most_s:g} s at most" if self.held_by else f"{most_s:g} s"
            yield ShowMessage(f"Recording for {self._name}, {how_long}.")
        elif keep:
            yield Cue("end")
            yield ShowMessage("The take is over.")
        elif cause == "gone":
            yield Cue("error")
            yield ShowMessage(
                f"{self._name[:1].upper()}{self._name[1:]} is not there any more: no take was recorded.", failed=True
            )
        elif cause == "too short":
            least_s = self._rules.hold_least_s
            yield Cue("undo")
            yield ShowMessage(f"Held for less than {least_s:g} s: no take was recorded. Hold it while you pose.")
        else:
            yield Cue("undo")
            yield ShowMessage("Called off: no take was recorded.")
