"""Outcomes: how a take, a training or a change of preset ends that a command has begun.

A command is answered when it has begun; its outcome comes later, and goes to the sender of the command. Each sender
gets one outcome in every case: where none of the usual ends comes, the outcome is that it was called off.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gesturesynth.conductor.background_jobs import Requester, ignore_reply
from gesturesynth.control.commands import OSC, Call
from gesturesynth.control.session.events import Event, ShowMessage
from gesturesynth.runtime.session_state import SessionState

MOST: Final = 32
"""Requesters that are kept for one take, training or change; a person is one or two."""
_TAKES: Final = frozenset({"record", "hold", "stop", "play-along", "grab", "hands-free"})
_REPLACED: Final = "Another preset was asked for before this one played."
_CANCELLED: Final = "It was called off."


class _WaitingRequesters:
    """The requesters of one take, training or change, each once."""

    def __init__(self) -> None:
        self._requesters: dict[object, Requester] = {}

    def add(self, command: str, requester: Requester) -> None:
        # A program that begins a take and ends it is one requester; each process of the command line is another.
        one = requester.sender.startswith(OSC) or requester.outcome is ignore_reply
        key: object = (requester.sender, command) if one else requester
        if key in self._requesters or len(self._requesters) < MOST:
            self._requesters[key] = requester

    def add_all(self, others: _WaitingRequesters) -> None:
        self._requesters |= others._requesters
        others._requesters = {}

    def pop_all(self) -> list[Requester]:
        requesters, self._requesters = self._requesters, {}
        return [*requesters.values()]

    def fail(self, text: str) -> None:
        for requester in self.pop_all():
            requester.outcome(False, text)


class Outcomes:
    """The requesters whose takes, trainings and changes of preset are under way."""

    def __init__(self) -> None:
        self._take = _WaitingRequesters()
        self._fit = _WaitingRequesters()
        self._next_fit = _WaitingRequesters()
        self._change = _WaitingRequesters()

    def command_begun(self, call: Call, events: Iterable[Event], requester: Requester, *, phase: str) -> None:
        """Keeps the requester of a command that led to these events, after which the session is in this phase."""
        kinds = {type(event).__name__ for event in events}
        if last_message(events).failed:
            return
        if call.command in _TAKES and (phase != "playing" or "EndTake" in kinds):
            self._take.add(call.command, requester)
        elif call.command == "train":
            self._next_fit.add(call.command, requester)

    def take_ends(self, requester: Requester | None) -> Requester:
        """The requester for the outcome of a take that is being stored."""
        return _combined(requester, self._take)

    def fit_begins(self) -> None:
        """The training that was requested has begun."""
        self._fit.add_all(self._next_fit)

    def fit_ends(self) -> Requester:
        """The requester for the outcome of the training that has ended."""
        return _combined(None, self._fit)

    def change_begins(self, requester: Requester | None) -> None:
        """A preset was found and will be played; the outcome of an earlier request is that it was replaced."""
        self._change.fail(_REPLACED)
        if requester:
            self._change.add("preset", requester)

    def change_ends(self) -> Requester:
        """The requester for the outcome of the change of preset that has ended."""
        return _combined(None, self._change)

    def fail_cancelled(self, events: Iterable[Event], session: SessionState, *, changing: bool) -> None:
        """Sends the outcome "called off" for a take, training or preset that is not under way any more.

        Args:
            events: carried out just now; the last sentence among them is the reason.
            session: its state now.
            changing: whether a change of preset is under way.
        """
        text = last_message(events).text or _CANCELLED
        if session.phase == "playing":
            self._take.fail(text)
        if not session.training:
            self._fit.fail(text)
        if not session.train_again:
            self._next_fit.fail(text)
        if not changing:
            self._change.fail(text)


def last_message(events: Iterable[Event]) -> ShowMessage:
    """The last message among events; an empty one where there is none."""
    return next((event for event in reversed([*events]) if isinstance(event, ShowMessage)), ShowMessage(""))


def _combined(requester: Requester | None, waiting: _WaitingRequesters) -> Requester:
    requesters = waiting.pop_all()

    def send_outcome(ok: bool, text: str) -> None:  # noqa: FBT001 - a ReplyCallback
        for each in requesters:
            each.outcome(ok, text)

    return Requester(next((one.sender for one in (requester, *requesters) if one), ""), send_outcome)
