"""PUB/SUB sockets between the processes (ZeroMQ). The types of messages are in `runtime/messages.py`.

Every socket carries one type of message and one part a message, because ZeroMQ's CONFLATE (deliver only the newest)
corrupts multipart messages. Each process binds its sockets in its own sub-folder of the runtime folder.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec
import zmq

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import packed
from gesturesynth.runtime.action_message import ActionsMessage
from gesturesynth.runtime.ear_reading import EarReading
from gesturesynth.runtime.flash_reading import FlashReading
from gesturesynth.runtime.light_message import LightMessage, LightStatus
from gesturesynth.runtime.map_reports import MapPlace
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, Pose, Sound, TrackerStatus
from gesturesynth.runtime.midi_message import MidiMessage, MidiReport
from gesturesynth.runtime.played_numbers import NumberRanges, PlayedNumbers
from gesturesynth.runtime.played_pose import PlayedPose
from gesturesynth.runtime.spectrum_message import Spectrum
from gesturesynth.runtime.tracking_request import ReceiversRequest, TrackingRequest
from gesturesynth.runtime.words_message import WordsMessage

M = TypeVar("M", bound=msgspec.Struct)

TOPICS: Final[dict[type[msgspec.Struct], tuple[str, str]]] = {
    Pose: ("tracker", "pose"),
    TrackerStatus: ("tracker", "status"),
    FlashReading: ("tracker", "flash"),
    Sound: ("conductor", "sound"),
    ConductorStatus: ("conductor", "status"),
    MapPlace: ("conductor", "map"),
    PlayedPose: ("conductor", "pose"),
    PlayedNumbers: ("conductor", "values"),
    NumberRanges: ("conductor", "ranges"),
    ActionsMessage: ("conductor", "actions"),
    TrackingRequest: ("conductor", "request"),
    WordsMessage: ("conductor", "words"),
    ReceiversRequest: ("pose-server", "request"),
    MidiMessage: ("conductor", "midi"),
    MidiReport: ("midi", "report"),
    EngineStatus: ("engine", "status"),
    LightMessage: ("conductor", "light"),
    LightStatus: ("light", "status"),
    Spectrum: ("engine", "spectrum"),
    EarReading: ("engine", "ear"),
}
"""Who publishes what: message type -> (process, name of its socket in RUNTIME/PROCESS/)."""


def endpoint(message_type: type[msgspec.Struct], folder: Path | None = None) -> str:
    """The ZeroMQ address of a type of message.

    Args:
        message_type: a key of TOPICS.
        folder: the runtime folder of the process that sends it; by default this process's own. Programs that are
            not started by the supervisor pass `paths.running_dir()`.

    Raises:
        UserError: the folder is too long for a socket.
    """
    return f"ipc://{paths.socket_path(*TOPICS[message_type], folder)}"


FILE_CHECK_S: Final = 1.0
"""Interval at which a publisher checks whether the file of its socket still exists."""
MOST_QUEUED: Final = 4


class Publisher(Generic[M]):
    """Sends the newest message of one type to all subscribers. Never blocks, also without any subscriber."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], message_type: type[M]) -> None:
        self._file = paths.socket_path(*TOPICS[message_type])
        paths.private_folder(self._file.parent)
        self._encoder = msgspec.msgpack.Encoder()
        self._socket = self._make_socket(context)
        self._socket.set(zmq.LINGER, 0)
        self._endpoint = endpoint(message_type)
        self._socket.bind(self._endpoint)
        self._checked_s = time.monotonic()

    def _make_socket(self, context: zmq.Context[zmq.Socket[bytes]]) -> zmq.Socket[bytes]:
        socket = context.socket(zmq.PUB)
        socket.set(zmq.CONFLATE, 1)
        return socket

    def send(self, message: M) -> None:
        """Publishes; a subscriber that is slow gets a newer one later."""
        self._socket.send(packed(self._encoder, message), zmq.NOBLOCK)
        self._check_file()

    def _check_file(self) -> None:
        if time.monotonic() - self._checked_s > FILE_CHECK_S:
            self._checked_s = time.monotonic()
            self._rebind_if_removed()

    def _rebind_if_removed(self) -> None:
        """Binds again when the socket's file was removed: subscribers stay connected, new ones need the file."""
        if self._file.exists():
            return
        with suppress(zmq.ZMQError):  # not bound: the last attempt failed half-way
            self._socket.unbind(self._endpoint)
        with suppress(zmq.ZMQError, UserError):  # the folder cannot be made now, perhaps later
            paths.private_folder(self._file.parent)
            self._socket.bind(self._endpoint)

    def close(self) -> None:
        """Closes the socket and removes its file."""
        self._socket.close()
        self._file.unlink(missing_ok=True)


class OnDemandPublisher(Publisher[M]):
    """A publisher that knows whether its messages are received, so that none are made for no receiver.

    Its socket is an XPUB, which is told of the first subscription and of the end of the last one, also when a receiver
    was killed. An XPUB has no CONFLATE; at its end of the wire at most MOST_QUEUED messages wait for a receiver that is
    stopped, and newer ones are dropped. A receiver that is only slow has CONFLATE itself.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], message_type: type[M]) -> None:
        super().__init__(context, message_type)
        self._wanted = False

    def _make_socket(self, context: zmq.Context[zmq.Socket[bytes]]) -> zmq.Socket[bytes]:
        socket = context.socket(zmq.XPUB)
        socket.set(zmq.SNDHWM, MOST_QUEUED)
        return socket

    @property
    def wanted(self) -> bool:
        """Whether there is a subscriber now."""
        with suppress(zmq.Again):
            while int(self._socket.get(zmq.EVENTS)) & zmq.POLLIN:  # an error at each tick would cost more than the rest
                self._wanted = self._socket.recv(zmq.NOBLOCK).startswith(b"\x01")
        self._check_file()
        return self._wanted


class Subscriber(Generic[M]):
    """Holds the newest message of one type; older ones that were not fetched are dropped.

    Args:
        context: for the socket.
        message_type: the type to receive.
        folder: see `endpoint`.

    Attributes:
        socket: for a `zmq.Poller`.
        rejected: how many messages could not be decoded (of another version, for example); they are dropped.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], message_type: type[M], folder: Path | None = None
    ) -> None:
        self._decoder: msgspec.msgpack.Decoder[M] = msgspec.msgpack.Decoder(message_type)
        self.rejected = 0
        self.socket = context.socket(zmq.SUB)
        self.socket.set(zmq.LINGER, 0)
        self.socket.set(zmq.CONFLATE, 1)
        self.socket.set(zmq.RECONNECT_IVL, 50)
        self.socket.set(zmq.RECONNECT_IVL_MAX, 500)
        self.socket.set(zmq.SUBSCRIBE, b"")
        self.socket.connect(endpoint(message_type, folder))

    def newest(self, timeout_s: float = 0.0) -> M | None:
        """The newest message that was not fetched yet, waiting up to `timeout_s` for one; or None."""
        if not self.socket.poll(round(timeout_s * 1000)):
            return None
        try:
            return self._decoder.decode(self.socket.recv(zmq.NOBLOCK))
        except zmq.Again:
            return None
        except (msgspec.MsgspecError, RecursionError):
            self.rejected += 1
            return None

    def close(self) -> None:
        """Closes the socket."""
        self.socket.close()
