"""One browser that is connected: the newest message of each topic that it watches, and the answers to what it asked.

A viewer that reads slowly skips messages, and never makes another one wait; one that reads nothing for long is dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from gesturesynth.page.roles import Role

SLOW_S: Final = 10.0
"""A viewer that has not taken one message in this time is dropped: so long a phone may be out of reach on its way."""
MOST_ANSWERS: Final = 64
"""Answers that wait for a viewer; one that asks and does not read is dropped."""

Frame = str | bytes


class ViewerLost(Exception):  # noqa: N818 - it is no error of ours
    """The connection of this viewer is to be cut: it does not read, or may not be here any more."""


class Viewer:
    """A connected browser.

    Args:
        send: sends one frame, and returns when there is room for another.
        role: what it may do.
        device: the number of its device; 0 for one at this computer.

    Attributes:
        topics: the names of the topics that it watches.
    """

    def __init__(self, send: Callable[[Frame], Awaitable[None]], role: Role, device: int) -> None:
        self.role: Role = role
        self.device = device
        self.topics: frozenset[str] = frozenset()
        self._send = send
        self._newest: dict[str, Frame] = {}
        self._answers: deque[Frame] = deque()
        self._wake = asyncio.Event()
        self._dropped = False

    def offer(self, topic: str, frame: Frame) -> None:
        """Gives it a message of a topic; an older one of that topic that was not sent yet is dropped."""
        self._newest[topic] = frame
        self._wake.set()

    def answer(self, frame: Frame) -> None:
        """Gives it an answer; answers are sent in order, and before messages of topics."""
        self._answers.append(frame)
        self._wake.set()

    def drop(self) -> None:
        """Cuts it off."""
        self._dropped = True
        self._wake.set()

    async def send_for_ever(self) -> None:
        """Sends what it was given, until the task is cancelled.

        Raises:
            ViewerLost: it reads too slowly, or was dropped.
        """
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._dropped:
                raise ViewerLost
            while self._answers or self._newest:
                if len(self._answers) > MOST_ANSWERS:
                    raise ViewerLost
                frame = self._answers.popleft() if self._answers else self._newest.pop(next(iter(self._newest)))
                try:
                    async with asyncio.timeout(SLOW_S):
                        await self._send(frame)
                except TimeoutError as error:
                    raise ViewerLost from error
