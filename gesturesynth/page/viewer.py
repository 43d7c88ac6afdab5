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
MOST_ANSWER_BYTES: Final = 8 << 20
"""Likewise, of all of them together; the conductor's longest answer has 1 MB (`control/command_socket.py`)."""

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
        dropped: set when it is to be cut off at once.
    """

    def __init__(self, send: Callable[[Frame], Awaitable[None]], role: Role, device: int) -> None:
        self.role: Role = role
        self.device = device
        self.topics: frozenset[str] = frozenset()
        self.dropped = asyncio.Event()
        self._send = send
        self._newest: dict[str, Frame] = {}
        self._answers: deque[Frame] = deque()
        self._wake = asyncio.Event()
        self._waiting_bytes = 0

    def offer(self, topic: str, frame: Frame) -> None:
        """Gives it a message of a topic; an older one of that topic that was not sent yet is dropped."""
        self._newest[topic] = frame
        self._wake.set()

    def answer(self, frame: Frame) -> None:
        """Gives it an answer; answers are sent in order, and before messages of topics."""
        if self.dropped.is_set():
            return
        self._answers.append(frame)
        self._waiting_bytes += len(frame)
        if len(self._answers) > MOST_ANSWERS or self._waiting_bytes > MOST_ANSWER_BYTES:
            self.drop()
        self._wake.set()

    def drop(self) -> None:
        """Cuts it off, also while it is being sent something; what waits for it is thrown away."""
        self.dropped.set()
        self._answers.clear()
        self._newest.clear()
        self._wake.set()

    async def send_for_ever(self) -> None:
        """Sends what it was given, until the task is cancelled.

        Raises:
            ViewerLost: it reads too slowly, or was dropped.
        """
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self.dropped.is_set():
                raise ViewerLost
            while self._answers or self._newest:
                frame = self._next()
                try:
                    async with asyncio.timeout(SLOW_S):
                        await self._send(frame)
                except TimeoutError as error:
                    raise ViewerLost from error

    def _next(self) -> Frame:
        if not self._answers:
            return self._newest.pop(next(iter(self._newest)))
        frame = self._answers.popleft()
        self._waiting_bytes -= len(frame)
        return frame
