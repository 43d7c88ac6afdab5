"""The newest message of one type, and a call for each, for an event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec
import zmq

from gesturesynth.runtime.pubsub import Subscriber

M = TypeVar("M", bound=msgspec.Struct)

STALE_S: Final = 3.0
"""A message that is older says nothing about now: what sends it has ended or hangs."""


class MessageFeed(Generic[M]):
    """Receives while it is open. Belongs to the running event loop.

    Args:
        context: for the socket.
        folder: the runtime folder of the processes.
        message_type: a key of `pubsub.TOPICS`.
        take: called with each message that is received.

    Attributes:
        name: of the type of message.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], folder: Path, message_type: type[M], take: Callable[[M], None]
    ) -> None:
        self.name = message_type.__name__
        self._context = context
        self._folder = folder
        self._type = message_type
        self._take = take
        self._subscriber: Subscriber[M] | None = None
        self._file = -1
        self._newest: M | None = None
        self._came_s = 0.0

    @property
    def newest(self) -> M | None:
        """The newest message; None where none came, or it is too old."""
        return self._newest if time.monotonic() - self._came_s < STALE_S else None

    @property
    def is_open(self) -> bool:
        """Whether it receives."""
        return self._subscriber is not None

    def open(self) -> None:
        """Receives from now on."""
        if self._subscriber is None:
            self._subscriber = Subscriber(self._context, self._type, self._folder)
            self._file = int(self._subscriber.socket.get(zmq.FD))
            asyncio.get_running_loop().add_reader(self._file, self._read)
            self._read()

    def close(self) -> None:
        """Receives no more."""
        if self._subscriber is not None:
            asyncio.get_running_loop().remove_reader(self._file)
            self._subscriber.close()
            self._subscriber = None

    def _read(self) -> None:
        """Takes all that is there: ZeroMQ's file tells of changes, not of messages that wait."""
        while (subscriber := self._subscriber) is not None:
            rejected = subscriber.rejected
            message = subscriber.newest()
            if message is not None:
                self._newest, self._came_s = message, time.monotonic()
                self._take(message)
            elif subscriber.rejected == rejected:
                return
