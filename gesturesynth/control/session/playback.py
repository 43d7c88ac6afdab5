"""Playback: a take plays through the mapping instead of the person in view, by the table `PLAYBACK`."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gesturesynth.control.session.events import BeginPlayback, Cue, EndPlayback, Event, ReadTake, ShowMessage
from gesturesynth.control.session.sound import OutputState
from gesturesynth.control.session.transitions import PLAYBACK, PlaybackCause, PlaybackState

Events = Iterator[Event]


class Playback:
    """At most one take is played. The only place that gives `BeginPlayback` and `EndPlayback`.

    Args:
        output: of the session; a sound that it holds is let go for a take, and one that it holds later ends it.

    Attributes:
        playback: see `PLAYBACK`.
        take: the number of the take that is read or played; 0 without one.
    """

    def __init__(self, output: OutputState) -> None:
        self.playback: PlaybackState = "live"
        self.take = 0
        self._output = output
        self._request = 0  # the newest reading; what earlier ones have read is not wanted any more
        self._held_before = ""  # a sound that is let go when the take is read
        self._until_s = math.inf

    @property
    def under_way(self) -> bool:
        """Whether there is something to end."""
        return self.playback != "live"

    def left_s(self, now_s: float) -> float:
        """What is left of the take, 0 or above."""
        return max(0.0, self._until_s - now_s) if self.playback == "playing" else 0.0

    def listen(self, take: int, newest: int) -> Events:
        """The command: `take` is read and then played, 0 for the newest; what is played or read already is ended."""
        if not self.under_way:
            yield from self._move("listen", take or newest)
        elif take and take != self.take:
            yield from self._move("other", take)
        else:
            yield from self.stop()

    def stop(self) -> Events:
        """Ends what is played, or calls off what is read."""
        text = _over(self.take) if self.playback == "playing" else f"Called off: take {self.take} is not played."
        yield from self._move("stop")
        yield Cue("selected")
        yield ShowMessage(text)

    def replaced(self) -> Events:
        """Something else takes its place, such as another preset; without a message of its own."""
        yield from self._move("replaced") if self.under_way else ()

    def settle(self, *, taking: bool) -> Events:
        """After each step: a take that is recorded, or a sound that is held, takes the place of the one played."""
        held = self._output.held
        if taking or (held and held != self._held_before):
            yield from self.replaced()

    def advance(self, now_s: float) -> Events:
        """Ends a take whose time is up."""
        if self.playback == "playing" and now_s >= self._until_s:
            text = _over(self.take)
            yield from self._move("time")
            yield Cue("end")
            yield ShowMessage(text)

    def ready(self, request: int, name: str, length_s: float, now_s: float) -> Events:
        """The report: the take of a `ReadTake`, which people know as `name`, was read; it is so long."""
        if request != self._request:
            yield Cue("error")
            yield ShowMessage("It is not played: it was called off before it was read.", failed=True)
            return
        yield from self._output.release_sound()
        yield from self._move("ready")
        yield BeginPlayback(now_s)
        self._until_s = now_s + length_s
        yield Cue("selected")
        yield ShowMessage(
            f"Take {self.take} for {name} plays for {length_s:.1f} s; the person in view does not. Again (b) ends it."
        )

    def unread(self, request: int, reason: str) -> Events:
        """The report: it could not be read; a sentence."""
        if request == self._request:
            yield from self._move("failed")
        yield Cue("error")
        yield ShowMessage(reason, failed=True)

    def _move(self, cause: PlaybackCause, take: int = 0) -> Events:
        """One line of the table. Raises KeyError for one that is not in it."""
        self.playback, requests = PLAYBACK[self.playback, cause]
        self.take = take or (self.take if self.under_way else 0)
        self._held_before = self._output.held if "read" in requests else ""
        if self.playback != "playing":
            self._request += 1
        if "end" in requests:
            yield EndPlayback()
        if "read" in requests:
            yield ReadTake(self.take, self._request)


def _over(take: int) -> str:
    return f"Take {take} has ended: the person in view plays."
