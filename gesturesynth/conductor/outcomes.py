"""Who is to be told how something ends that a command has begun: a take, a training, a change of preset.

A command is answered when it has begun; its outcome comes later, and goes to its sender. Each sender is told
once, whatever becomes of it: what ends in none of the usual ways was called off, and that is told, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gesturesynth.conductor.background_jobs import Requester, unheard
from gesturesynth.control.commands import OSC, Call
from gesturesynth.control.session.events import Event, ShowMessage

MOST: Final = 32
"""Askers that are remembered for one thing; a person is one or two."""
_TAKES: Final = frozenset({"record", "hold", "stop"})
_OVERTAKEN: Final = "Another preset was asked for before this one played."
_CALLED_OFF: Final = "It was called off."


class _Waiting:
    """Askers of one thing, each once."""

    def __init__(self) -> None:
        self._askers: dict[object, Requester] = {}

    def add(self, command: str, requester: Requester) -> None:
        # A program that begins a take and ends it is one asker; at the command line, every one is another's.
        one = requester.sender.startswith(OSC) or requester.outcome is unheard
        key: object = (requester.sender, command) if one else requester
        if key in self._askers or len(self._askers) < MOST:
            self._askers[key] = requester

    def add_all(self, others: _Waiting) -> None:
        self._askers |= others._askers
        others._askers = {}

    def taken(self) -> list[Requester]:
        askers, self._askers = self._askers, {}
        return [*askers.values()]

    def fail(self, text: str) -> None:
        for requester in self.taken():
            requester.outcome(False, text)


class Outcomes:
    """Askers whose takes, trainings and changes of preset are under way."""

    def __init__(self) -> None:
        self._take = _Waiting()
        self._fit = _Waiting()
        self._next_fit = _Waiting()
        self._change = _Waiting()

    def begun(self, call: Call, events: Iterable[Event], requester: Requester, *, phase: str) -> None:
        """A command led to these events, and the session is in this phase now."""
        kinds = {type(event).__name__ for event in events}
        if said_last(events).failed:
            return
        if call.command in _TAKES and (phase != "playing" or "EndTake" in kinds):
            self._take.add(call.command, requester)
        elif call.command == "train":
            self._next_fit.add(call.command, requester)

    def take_ends(self, requester: Requester | None) -> Requester:
        """A take is being kept: who is told whether it could be."""
        return _together(requester, self._take)

    def fit_begins(self) -> None:
        """The training that was asked for."""
        self._fit.add_all(self._next_fit)

    def fit_ends(self) -> Requester:
        """It is over: who is told how."""
        return _together(None, self._fit)

    def change_begins(self, requester: Requester | None) -> None:
        """A preset was found and is to be played; the sender of an earlier wish does not get theirs."""
        self._change.fail(_OVERTAKEN)
        if requester:
            self._change.add("preset", requester)

    def change_ends(self) -> Requester:
        """It plays, or does not: who is told."""
        return _together(None, self._change)

    def settle(self, events: Iterable[Event], *, phase: str, training: bool, again: bool, changing: bool) -> None:
        """Tells those whose take, training or preset is not under way any more that it was called off.

        Args:
            events: what was carried out just now; the last sentence among them is the reason.
            phase: of the session.
            training: whether a training is under way.
            again: whether another one follows it.
            changing: whether another preset is on its way.
        """
        text = said_last(events).text or _CALLED_OFF
        if phase == "playing":
            self._take.fail(text)
        if not training:
            self._fit.fail(text)
        if not again:
            self._next_fit.fail(text)
        if not changing:
            self._change.fail(text)


def said_last(events: Iterable[Event]) -> ShowMessage:
    """The last sentence of events; an empty one where there is none."""
    return next((event for event in reversed([*events]) if isinstance(event, ShowMessage)), ShowMessage(""))


def _together(requester: Requester | None, waiting: _Waiting) -> Requester:
    askers = waiting.taken()

    def tell(ok: bool, text: str) -> None:  # noqa: FBT001 - a Reply
        for each in askers:
            each.outcome(ok, text)

    return Requester(next((one.sender for one in (requester, *askers) if one), ""), tell)
