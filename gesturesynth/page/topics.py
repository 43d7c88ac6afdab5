"""What browsers may watch: each topic is a message between processes, and how it is encoded for all of them, once.

A topic of text is JSON, `{"topic": NAME, "message": {...}}`, with the fields of the message; a number that is not
finite is null. A binary topic begins with a byte that says which it is. All numbers are little-endian, and arrays of
float32 begin at a multiple of four bytes, so that a browser reads them without copying.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from gesturesynth.core.packing import JSON, packed
from gesturesynth.runtime.map_reports import MapPlace
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, Pose, TrackerStatus
from gesturesynth.runtime.played_pose import PlayedPose
from gesturesynth.runtime.spectrum_message import Spectrum
from gesturesynth.runtime.words_message import WordsMessage

POSE: Final = 1
"""The first byte of an encoded pose."""
SPECTRUM: Final = 2
"""The first byte of an encoded spectrum."""
PLAYED: Final = 3
"""The first byte of a pose that is played, perhaps of another computer; while these come, a browser shows no others."""
SPECTRUM_STEP_DB: Final = 0.5
"""Of a level in an encoded spectrum: finer than a colour shows."""
_POSE_HEAD: Final = struct.Struct("<BBHHBxd")


@dataclass(frozen=True)
class Topic:
    """Something that a browser can watch.

    Attributes:
        name: as browsers ask for it.
        message_type: a key of `runtime.pubsub.TOPICS`.
        encode: from a message to what is sent: text, or bytes for a binary frame.
    """

    name: str
    message_type: type[msgspec.Struct]
    encode: Callable[[Any], str | bytes]


def encode_pose(pose: Pose, kind: int = POSE) -> bytes:
    """A pose for browsers.

    Byte 0: POSE or PLAYED; 1: number of bodies; 2 and 4: width and height of the frame, uint16; 6: number of hands; 8:
    the capture time, float64, monotonic seconds. From byte 16 the image landmarks of each body, float32 (33, 4), as in
    `messages.Body`; behind them the number of each person, uint32; then the landmarks of each hand, float32 (21, 3).
    """
    hands = [hand for body in pose.bodies for hand in (body.left_hand, body.right_hand) if hand]
    size = min(pose.width, 0xFFFF), min(pose.height, 0xFFFF)
    head = _POSE_HEAD.pack(kind, len(pose.bodies), *size, len(hands), pose.capture_time_s)
    persons = struct.pack(f"<{len(pose.bodies)}I", *(max(body.person, 0) & 0xFFFFFFFF for body in pose.bodies))
    return head + b"".join(body.image for body in pose.bodies) + persons + b"".join(hands)


def encode_spectrum(spectrum: Spectrum) -> bytes:
    """A spectrum for browsers: byte 0 is SPECTRUM, then one for each band: its level below 0 dBFS in half decibels."""
    levels = (min(max(round(-level / SPECTRUM_STEP_DB), 0), 255) for level in spectrum.bands_db)
    return bytes((SPECTRUM, *levels))


def encode_json(topic: str, message: bytes) -> str:
    """The frame of a topic of text, given its message as JSON."""
    return f'{{"topic":"{topic}","message":{message.decode()}}}'


def _status(topic: str) -> Callable[[Any], str]:
    return lambda message: encode_json(topic, packed(JSON, message))


TOPICS: Final = {
    topic.name: topic
    for topic in (
        Topic("pose", Pose, encode_pose),
        Topic("played", PlayedPose, lambda pose: encode_pose(pose, PLAYED)),
        Topic("spectrum", Spectrum, encode_spectrum),
        Topic("place", MapPlace, _status("place")),
        Topic("words", WordsMessage, _status("words")),
        Topic("tracker", TrackerStatus, _status("tracker")),
        Topic("conductor", ConductorStatus, _status("conductor")),
        Topic("engine", EngineStatus, _status("engine")),
    )
}
"""Every topic by its name."""
