"""Outputs and features sent on to other programs over OSC, as a preset asks for.

It never waits: what the network does not take at once is dropped, since the next values are newer.
"""

from __future__ import annotations

import ipaddress
import math
import re
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from gesturesynth.control.osc.codec import FloatsMessage, bundles, safe_name, single
from gesturesynth.core.errors import UserError

OUTPUTS: Final = "outputs"
FEATURES: Final = "features"
GESTURES: Final = "gestures"
PROBABILITIES: Final = "probabilities"
PERSONS: Final = "persons"
PEOPLE: Final = "people"
CLASSES: Final = "classes"
LANDMARKS: Final = "landmarks"
BODY: Final = (PEOPLE, CLASSES, LANDMARKS)
"""What comes last: an output or a feature of such a name has it."""
MOST_RATE_HZ: Final = 200.0
MOST_VALUES: Final = 1000
"""Sent to one target; what is beyond is left out. One message of so many floats has 5 kB, which every system sends."""
_ADDRESS: Final = re.compile(r"/[!-~]+")
_RESERVED: Final = set("#*,?[]{}")
LONGEST_ADDRESS: Final = 203
"""200 in a preset, and the number of a voice."""
NOTHING: Final[Mapping[str, float]] = {}
NO_BODY: Final[Mapping[str, Mapping[str, float]]] = {}


@dataclass(frozen=True)
class OscTarget:
    """Where values are sent.

    Attributes:
        host: an IPv4 address, or `localhost`. Other names are refused: looking one up can take seconds, and what it
            means can change during an exhibition.
        port: UDP, 1 to 65535.
        address: the OSC address that the other program expects, such as `/wek/inputs`: one message with all values, as
            32-bit floats in the preset's order. With a `/` at its end, such as `/synth/`: one message for each value,
            its name added (`/synth/pitch`), sent in bundles.
        rate_hz: at most so often, above 0 to 200 Hz.
        what: `outputs`, `features`, `gestures`, `probabilities` (of classes), `persons`, one of `BODY`, or the name of
            one output, feature or reading (`throw.progress`, `up.probability`, `present`).
        at_once: with each new frame and whenever a value has changed, however often that is, instead of `rate_hz`.

    Raises:
        UserError: one of them is not allowed.
    """

    host: str
    port: int
    address: str
    rate_hz: float = 30.0
    what: str = OUTPUTS
    at_once: bool = False

    def __post_init__(self) -> None:
        """Raises UserError, with a sentence, for something that cannot be sent to."""
        host = _numeric(self.host)
        if host.is_unspecified or host.is_multicast or str(host) == "255.255.255.255":
            raise UserError(f"{host} is not the address of one computer; OSC is sent to one, such as 127.0.0.1")
        if not 1 <= self.port <= 65535:
            raise UserError(f"{self.port} is not a port; choose one from 1 to 65535")
        if (
            not _ADDRESS.fullmatch(self.address)
            or _RESERVED.intersection(self.address)
            or len(self.address) > LONGEST_ADDRESS
        ):
            raise UserError(
                f"'{self.address[:200]}' is not an OSC address; it begins with '/' and has no spaces and none of "
                "# * , ? [ ] { } in it, such as /synth/pitch"
            )
        if not 0.0 < self.rate_hz <= MOST_RATE_HZ:
            raise UserError(f"values can be sent above 0 and up to {MOST_RATE_HZ:g} times a second, not {self.rate_hz}")

    def of_voice(self, voice: int) -> OscTarget:
        """Where these values of another voice are sent: `/synth/2/` for `/synth/`, `/wek/inputs/2` for `/wek/inputs`.

        Args:
            voice: its number, from 1; the first one is at the address itself.
        """
        if voice == 1:
            return self
        ending = "/" if self.address.endswith("/") else ""
        return replace(self, address=f"{self.address.rstrip('/')}/{voice}{ending}")

    @property
    def receiver(self) -> tuple[str, int]:
        """The IPv4 address and port, for the socket."""
        return str(_numeric(self.host)), self.port


def _numeric(host: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise UserError(
            f"'{host}' is not an IPv4 address such as 192.168.1.20 (names are not looked up, but for localhost)"
        ) from None


class _Route:
    """One target: when it is due, and its messages, prepared but for the values."""

    def __init__(self, target: OscTarget) -> None:
        self.target = target
        self.receiver = target.receiver
        self.due_s = 0.0
        self._names: tuple[str, ...] = ()
        self._messages: list[FloatsMessage] = []
        self._last: dict[str, float] = {}
        self._sent: Sequence[float] = ()

    def is_due(self, now_s: float, values_of: Mapping[str, Mapping[str, float]], *, fresh: bool) -> bool:
        """Whether values are to be sent now; when they are, the next ones are due later."""
        if self.target.at_once:
            values = (*self._chosen(values_of).values(),)
            due = fresh or values != self._sent
            self._sent = values
            return due
        if now_s < self.due_s:
            return False
        interval_s = 1 / self.target.rate_hz
        self.due_s = self.due_s + interval_s if now_s - self.due_s < interval_s else now_s + interval_s
        return True

    def packets(self, values_of: Mapping[str, Mapping[str, float]]) -> Iterable[bytes]:
        """The datagrams of this moment, from all values by what they are; none where there is nothing of that name."""
        values = dict(islice(self._chosen(values_of).items(), MOST_VALUES))
        if tuple(values) != self._names:
            self._prepare(tuple(values))
        if not values:
            return ()
        numbers = self._held_values(values)
        if self.target.address.endswith("/"):
            return bundles(message.fill((number,)) for message, number in zip(self._messages, numbers, strict=True))
        return (self._messages[0].fill(numbers),)

    def _chosen(self, values_of: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
        what = self.target.what
        if what in values_of and what not in BODY:
            return values_of[what]
        for values in values_of.values():
            if what in values:
                return {what: values[what]}
        return values_of.get(what, {})

    def _prepare(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        address = self.target.address
        if address.endswith("/"):
            self._messages = [FloatsMessage(address + safe_name(name), 1) for name in names]
        else:
            self._messages = [FloatsMessage(address, len(names))]
        self._last = {}

    def _held_values(self, values: Mapping[str, float]) -> Sequence[float]:
        """All of them, each as `_held` has it."""
        if math.isfinite(sum(values.values())):  # nearly always: there may be hundreds, thousands of times a second
            self._last = dict(values)
            return [*values.values()]
        return [self._held(name, value) for name, value in values.items()]

    def _held(self, name: str, value: float) -> float:
        """The value, or the last one that was a number while a feature cannot be seen; 0 before there was one."""
        if value == value:  # noqa: PLR0124 - only NaN is not itself
            self._last[name] = single(value)
        return self._last.get(name, 0.0)


class OscSender:
    """Sends to all targets of a preset. Never blocks, never raises once it is made.

    Args:
        targets: may be none.

    Attributes:
        sent, dropped: datagrams that the network took and did not take.
        error: why it did not take the last one, as a sentence; empty when the newest was taken.
    """

    def __init__(self, targets: Iterable[OscTarget]) -> None:
        self._routes = [_Route(target) for target in targets]
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self.sent = 0
        self.dropped = 0
        self.error = ""

    def send(
        self,
        now_s: float,
        outputs: Mapping[str, float],
        features: Mapping[str, float],
        gestures: Mapping[str, float] = NOTHING,
        probabilities: Mapping[str, float] = NOTHING,
        *,
        persons: Mapping[str, float] = NOTHING,
        body: Mapping[str, Mapping[str, float]] = NO_BODY,
        fresh: bool = True,
    ) -> None:
        """Sends to every target that is due.

        Args:
            now_s: monotonic.
            outputs: in their own units, by name, in the preset's order.
            features: by column; NaN while one cannot be seen, then its last value is sent.
            gestures: readings of gestures, by name: `throw.progress`.
            probabilities: readings of classes, by name: `up.probability`.
            persons: the number of the person in each role, by name: `first.person`.
            body: of those of `BODY` that a target wants, the values by name.
            fresh: whether they are of a new frame.
        """
        values_of = {
            OUTPUTS: outputs,
            FEATURES: features,
            GESTURES: gestures,
            PROBABILITIES: probabilities,
            PERSONS: persons,
            **body,
        }
        for route in self._routes:
            if route.is_due(now_s, values_of, fresh=fresh):
                for packet in route.packets(values_of):
                    self._send(packet, route)

    def _send(self, packet: bytes, route: _Route) -> None:
        try:
            self._socket.sendto(packet, route.receiver)
        except OSError as error:
            self.dropped += 1
            host, port = route.receiver
            self.error = f"nothing reaches {host}:{port} ({error.strerror or 'the network is busy'})"
        else:
            self.sent += 1
            self.error = ""

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()
