"""Errands: what one worker thread does for the conductor's loop, and what becomes of each."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from gesturesynth.control.session.events import Event
from gesturesynth.control.session.guards import without_port
from gesturesynth.core.errors import GestureSynthError

T = TypeVar("T")
ReplyCallback = Callable[[bool, str], None]
"""Where the answer to a command goes: whether it was done, and a sentence."""

Events = tuple[Event, ...]
MOST_JOBS: Final = 20
"""What waits for the worker at most when one hand asks for more: a second or two of work."""
KEPT_JOBS: Final = 10
"""Places besides, for hands that have not asked for so much."""


def unheard(_ok: bool, _words: str) -> None:  # noqa: FBT001 - a Reply
    """For whoever does not want to know."""


@dataclass(frozen=True)
class Requester:
    """Who waits for an answer.

    Attributes:
        by: a hand (see `Call.sender`).
        reply: where the answer goes: that it was done, or has begun, or not.
        outcome: where it goes how something ended that had begun.
    """

    sender: str
    reply: ReplyCallback = unheard
    outcome: ReplyCallback = unheard

    def answered(self) -> Requester:
        """The same hand, which has its answer, but may hear more."""
        return Requester(self.sender, outcome=self.outcome)

    def saying(self, text: str) -> Requester:
        """The same, which is answered with these words where there are no others."""
        return Requester(self.sender, lambda ok, said: self.reply(ok, said or text), self.outcome)


@dataclass(frozen=True)
class _Job:
    """Something that the worker does; `report` or `fail` makes facts of what came of it."""

    future: Future[Any]
    report: Callable[[Any, float], Events]
    fail: Callable[[str, float], Events]
    asker: Requester | None


class JobQueue:
    """Done in the order of asking, one at a time; reported in that order, too.

    Args:
        worker: one thread.
        fail: makes facts of a sentence that says why something could not be done.
    """

    def __init__(self, worker: Executor, fail: Callable[[str, float], Events]) -> None:
        self._worker = worker
        self._fail = fail
        self._under_way: list[_Job] = []

    @property
    def idle(self) -> bool:
        """Whether everything has been reported."""
        return not self._under_way

    def busy(self, by: str) -> str:
        """Why the worker takes no other command of a hand now, a sentence; empty when it does.

        Args:
            by: see `Call.sender`; all programs of a computer are one hand.
        """
        jobs, hand = len(self._under_way), without_port(by)
        if jobs < MOST_JOBS:
            return ""
        theirs = sum(
            errand.asker is not None and without_port(errand.asker.sender) == hand for errand in self._under_way
        )
        if jobs < MOST_JOBS + KEPT_JOBS and theirs < KEPT_JOBS:
            return ""
        return f"busy: {jobs} jobs are waiting; try again"

    def submit(
        self,
        what: Callable[[], T],
        report: Callable[[T, float], Events],
        fail: Callable[[str, float], Events] | None = None,
        requester: Requester | None = None,
    ) -> None:
        """Has something done. `asker` is handed back with its facts."""
        self._under_way.append(_Job(self._worker.submit(what), report, fail or self._fail, requester))

    def completed(self, now_s: float) -> Iterator[tuple[Events, Requester | None]]:
        """The facts of all errands that are over now, each once."""
        while self._under_way and self._under_way[0].future.done():
            errand = self._under_way.pop(0)
            try:
                facts = errand.report(errand.future.result(), now_s)
            except GestureSynthError as error:
                facts = errand.fail(str(error), now_s)
            except ValueError as error:
                facts = errand.fail(f"it could not be stored: {error}", now_s)
            except Exception as error:  # noqa: BLE001 - whatever a file made a library raise, what plays plays on
                traceback.print_exc()
                text = f"that failed in a way that should not happen: {type(error).__name__}: {error}"
                facts = errand.fail(text, now_s)
            yield facts, errand.asker
