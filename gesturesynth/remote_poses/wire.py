"""What travels between a pose server and a receiver, and how it is checked. Pure.

A receiver (DEALER) sends `Report`s, the server (ROUTER) `Delivery`s, each one part of MessagePack. A report says which
delivery came last, so the server knows how many are under way and waits for a slow network instead of filling it; and
the next delivery says when the newest report came, so that each delivery completes a round trip of the clocks.

What is checked here came from a computer that has a key, and may still be broken or hostile.
"""

from __future__ import annotations

import math
import struct
from typing import Annotated, Any, Final, Literal

import msgspec

from gesturesynth.runtime.body_points import is_sound
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracking_request import MOST_PEOPLE, NO_REQUEST, TrackingRequest

VERSION: Final = 1
REPORT_BYTES: Final = 64
DELIVERY_BYTES: Final = 64 * 1024
"""A pose of six bodies with hands and faces has some 45 kB."""
HANDSHAKE_BYTES: Final = 1024
"""Of encryption; libzmq's own limit of sizes counts it, too."""
GREATEST: Final = 1e3
"""Of a landmark: they are fractions of the frame, and metres."""
MOST_BODIES: Final = 6
LARGEST_FRAME: Final = 1 << 15
_MOST_ITEMS: Final = 256

Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
SourceText = Literal["opening", "live", "waiting", "silent"]
"""The state of the source there, as in `TrackerStatus`; `silent`: its tracker sends nothing."""


class Report(msgspec.Struct, frozen=True, array_like=True):
    """From a receiver: it is there, what it has received, and what its preset asks the tracker to look for.

    A receiver of an earlier version sends nothing behind `received`, and asks for nothing.

    Attributes:
        version: of this exchange.
        number: of the report, from 1.
        session: that of the newest delivery that has come; 0 before the first.
        received: its number; 0 likewise.
        people, hands, face, everyone: as in `TrackingRequest`.
    """

    version: Count
    number: Count
    session: Count
    received: Count
    people: Annotated[int, msgspec.Meta(ge=0, le=MOST_PEOPLE)] = NO_REQUEST.people
    hands: bool = NO_REQUEST.hands
    face: bool = NO_REQUEST.face
    everyone: bool = NO_REQUEST.everyone

    @property
    def request(self) -> TrackingRequest:
        """What its preset asks for."""
        return TrackingRequest(self.people, self.hands, self.face, self.everyone)


class Delivery(msgspec.Struct, frozen=True, array_like=True):
    """From a pose server: the newest pose, or a sign of life.

    Attributes:
        version: of this exchange.
        session: a random number, another one whenever the server meets the receiver again.
        number: of the delivery in this session, from 1.
        sent_s: when it was sent, by the server's monotonic clock.
        report: the number of the newest report that has come; `report_came_s` when, by the server's clock.
        source: the state of the source there.
        pose: a new one, or None. Its times are of the server's clock.
    """

    version: Count
    session: Count
    number: Count
    sent_s: float
    report: Count
    report_came_s: float
    source: SourceText
    pose: Pose | None = None


_REPORTS: Final = msgspec.msgpack.Decoder(Report)
_DELIVERIES: Final = msgspec.msgpack.Decoder(Delivery)
_ENCODER: Final = msgspec.msgpack.Encoder()


class NotUsable(ValueError):  # noqa: N818 - said of a message
    """A message is dropped. `reason` is the name under which it is counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def encode(message: Report | Delivery) -> bytes:
    """The bytes of a message."""
    return _ENCODER.encode(message)


def decode_report(data: bytes) -> Report:
    """A report; raises NotUsable."""
    if len(data) > REPORT_BYTES:
        raise NotUsable("oversized")
    try:
        report = _REPORTS.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise NotUsable("malformed") from None
    if report.version != VERSION:
        raise NotUsable("version")
    return report


def decode_delivery(data: bytes) -> Delivery:
    """A delivery whose every number is finite and in range; raises NotUsable."""
    if len(data) > DELIVERY_BYTES:
        raise NotUsable("oversized")
    try:
        delivery = _DELIVERIES.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise NotUsable("malformed") from None
    if delivery.version != VERSION:
        raise NotUsable("version")
    if not _plain(delivery.sent_s) or not _plain(delivery.report_came_s):
        raise NotUsable("malformed")
    if delivery.pose is not None:
        check_pose(delivery.pose)
    return delivery


def check_pose(pose: Pose) -> None:
    """Raises NotUsable unless every number is finite, every size possible, and nothing in it but bodies."""
    frame = 1 <= pose.width <= LARGEST_FRAME and 1 <= pose.height <= LARGEST_FRAME
    if not frame or pose.sequence < 0 or len(pose.bodies) > MOST_BODIES:
        raise NotUsable("malformed")
    if pose.inputs or not all(map(is_sound, pose.bodies)):  # inputs are added by the conductor that plays, to its own
        raise NotUsable("malformed")
    if not _plain(pose.capture_time_s) or not 0.0 <= pose.inference_s <= 60.0 or not _in_range(pose.bodies):
        raise NotUsable("malformed")


def _plain(number: float) -> bool:
    return math.isfinite(number) and abs(number) < 1e12


def _in_range(value: Any) -> bool:  # noqa: ANN401 - whatever a body is made of, in this version and in later ones
    """Whether all numbers in a value are finite and within `GREATEST`; bytes are float32."""
    if isinstance(value, bytes):
        whole = len(value) % 4 == 0
        # A number that is none fails both comparisons.
        return whole and all(-GREATEST <= one <= GREATEST for one in struct.unpack(f"<{len(value) // 4}f", value))
    if isinstance(value, msgspec.Struct):
        return all(_in_range(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, list | tuple | dict):
        items = value.values() if isinstance(value, dict) else value
        return len(value) <= _MOST_ITEMS and all(map(_in_range, items))
    if isinstance(value, float | int):
        return _plain(value)
    return value is None or (isinstance(value, str) and len(value) <= _MOST_ITEMS)
