"""From the messages of the processes to all viewers: each is encoded once, and only while it is watched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zmq

from gesturesynth.page.topics import TOPICS, Topic
from gesturesynth.page.viewer import Frame, Viewer
from gesturesynth.runtime.pubsub import Subscriber


class _Feed:
    """The messages of one topic, for those who watch it.

    ZeroMQ's file descriptor tells of changes, not of messages that wait, so everything is read whenever it is ready.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path, topic: Topic) -> None:
        self.viewers: set[Viewer] = set()
        self.newest: Frame | None = None
        self._topic = topic
        self._subscriber: Subscriber[Any] = Subscriber(context, topic.message_type, folder)
        self._loop = asyncio.get_running_loop()
        self._file = int(self._subscriber.socket.get(zmq.FD))
        self._loop.add_reader(self._file, self._read)
        self._read()

    def _read(self) -> None:
        while True:
            rejected = self._subscriber.rejected
            message = self._subscriber.newest()
            if message is not None:
                self.send(self._topic.encode(message))
            elif self._subscriber.rejected == rejected:
                return

    def send(self, frame: Frame) -> None:
        """Gives all its viewers the same frame."""
        self.newest = frame
        for viewer in self.viewers:
            viewer.offer(self._topic.name, frame)

    def close(self) -> None:
        self._loop.remove_reader(self._file)
        self._subscriber.close()


class Broadcast:
    """All viewers, and the topics that they watch. Belongs to the running event loop.

    Args:
        context: for the sockets.
        folder: the runtime folder of the processes.

    Attributes:
        viewers: those that are connected.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path) -> None:
        self.viewers: set[Viewer] = set()
        self._context = context
        self._folder = folder
        self._feeds: dict[str, _Feed] = {}

    @property
    def watched(self) -> frozenset[str]:
        """The names of the topics that are subscribed to now."""
        return frozenset(self._feeds)

    def watch(self, viewer: Viewer, topics: Iterable[str]) -> None:
        """From now on the viewer watches these topics and no others; unknown names are ignored.

        It gets the newest message of each that is watched already, at once.
        """
        wanted = frozenset(topics) & TOPICS.keys()
        self.viewers.add(viewer)
        for name in viewer.topics - wanted:
            self._leave(viewer, name)
        for name in wanted - viewer.topics:
            feed = self._feeds.get(name)
            if feed is None:
                feed = self._feeds[name] = _Feed(self._context, self._folder, TOPICS[name])
            feed.viewers.add(viewer)
            if feed.newest is not None:
                viewer.offer(name, feed.newest)
        viewer.topics = wanted

    def send(self, topic: str, frame: Frame) -> None:
        """Sends a message of a topic that came another way, to all that watch it."""
        if feed := self._feeds.get(topic):
            feed.send(frame)

    def remove(self, viewer: Viewer) -> None:
        """The viewer is gone; topics that are not watched any more are not subscribed to."""
        for name in viewer.topics:
            self._leave(viewer, name)
        viewer.topics = frozenset()
        self.viewers.discard(viewer)

    def _leave(self, viewer: Viewer, name: str) -> None:
        feed = self._feeds[name]
        feed.viewers.discard(viewer)
        if not feed.viewers:
            del self._feeds[name]
            feed.close()

    def close(self) -> None:
        """Closes all sockets."""
        for viewer in list(self.viewers):
            self.remove(viewer)
