"""Jobs that one worker thread does for the conductor's loop, and the events that their results become."""

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
"""Receives the answer to a command: whether it was done, and a sentence."""

Events = tuple[Event, ...]
MOST_JOBS: Final = 20
"""Jobs in the queue, at most, for one sender: a second or two of work."""
KEPT_JOBS: Final = 10
"""Places beyond, for senders that have fewer jobs in the queue than this."""


def ignore_reply(_ok: bool, _text: str) -> None:  # noqa: FBT001 - a ReplyCallback
    """Stands for a callback where no answer is wanted."""


@dataclass(frozen=True)
class Requester:
    """The sender of a command, which waits for an answer.

    Attributes:
        sender: see `Call.sender`.
        reply: receives the answer: that the command was done, or has begun, or was refused.
        outcome: receives how it ended, when the command has begun something that takes time.
    """

    sender: str
    reply: ReplyCallback = ignore_reply
    outcome: ReplyCallback = ignore_reply

    def without_reply(self) -> Requester:
        """The same sender after its answer: only the outcome is still to come."""
        return Requester(self.sender, outcome=self.outcome)

    def with_default_text(self, text: str) -> Requester:
        """The same sender; an answer without a sentence gets this one."""
        return Requester(self.sender, lambda ok, given: self.reply(ok, given or text), self.outcome)


@dataclass(frozen=True)
class _Job:
    """Work in the queue; `report` makes events of its result, `fail` of its error."""

    future: Future[Any]
    report: Callable[[Any, float], Events]
    fail: Callable[[str, float], Events]
    requester: Requester | None


class JobQueue:
    """Jobs, done one at a time and reported in the order in which they were submitted.

    Args:
        worker: one thread.
        fail: makes events of a sentence that says why something could not be done.
    """

    def __init__(self, worker: Executor, fail: Callable[[str, float], Events]) -> None:
        self._worker = worker
        self._fail = fail
        self._jobs: list[_Job] = []

    @property
    def idle(self) -> bool:
        """Whether every job has been reported."""
        return not self._jobs

    def busy_text(self, sender: str) -> str:
        """Why the queue takes no other job of a sender now, a sentence; empty when it does.

        Args:
            sender: see `Call.sender`; all programs of a computer count as one.
        """
        jobs, hand = len(self._jobs), without_port(sender)
        if jobs < MOST_JOBS:
            return ""
        theirs = sum(
            errand.requester is not None and without_port(errand.requester.sender) == hand for errand in self._jobs
        )
        if jobs < MOST_JOBS + KEPT_JOBS and theirs < KEPT_JOBS:
            return ""
        return f"busy: {jobs} jobs are waiting; try again"

    def submit(
        self,
        work: Callable[[], T],
        report: Callable[[T, float], Events],
        fail: Callable[[str, float], Events] | None = None,
        requester: Requester | None = None,
    ) -> None:
        """Adds a job to the queue.

        Args:
            work: runs in the worker.
            report: makes events of its result, in the thread of the caller.
            fail: makes events of its error; by default as `__init__` has it.
            requester: is returned by `completed` with the events.
        """
        self._jobs.append(_Job(self._worker.submit(work), report, fail or self._fail, requester))

    def completed(self, now_s: float) -> Iterator[tuple[Events, Requester | None]]:
        """The events of all jobs that have ended by now, each once, with the requester."""
        while self._jobs and self._jobs[0].future.done():
            job = self._jobs.pop(0)
            try:
                events = job.report(job.future.result(), now_s)
            except GestureSynthError as error:
                events = job.fail(str(error), now_s)
            except ValueError as error:
                events = job.fail(f"it could not be stored: {error}", now_s)
            except Exception as error:  # noqa: BLE001 - no error of a library may stop what plays
                traceback.print_exc()
                text = f"that failed in a way that should not happen: {type(error).__name__}: {error}"
                events = job.fail(text, now_s)
            yield events, job.requester
