"""Limits for every OSC sender: rates, subscriptions, the allow-list, confirmations. Pure: time is passed in."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.osc.streams import StreamRequest
from gesturesynth.core.errors import UserError

Sender = tuple[str, int]
"""An IPv4 address and a port, as a UDP socket gives them."""

RATE_HZ: Final = 500.0
"""Messages a second from one sender: a tablet with all fingers on faders. They cost a tenth of one core. What a whole
computer may send, and all of them, is in `admission.py`."""
BURST: Final = 100
"""Messages that a sender may be ahead of its rate."""
SENDERS: Final = 256
"""Senders that are remembered at once."""
SUBSCRIBERS: Final = 8
HOST_SUBSCRIBERS: Final = 2
"""Of them, those of one other computer."""
OWN_SUBSCRIBERS: Final = 6
"""Of them, those of this computer, all of 127.0.0.0/8 together: no host can take all the places."""
LEASE_S: Final = 10.0
ARMED_APART_S: Final = 0.25
"""A confirmation that comes sooner was not made by a person who read the question (or is the same packet, doubled)."""
USUAL: Final = StreamRequest()
"""What is sent where a subscriber does not say it."""


def host_of(address: str) -> str:
    """An address as a host: an IPv4 address in the form of an IPv6 one (`::ffff:192.168.1.20`) is the IPv4 address."""
    if ":" not in address:
        return address
    try:
        mapped = ipaddress.IPv6Address(address).ipv4_mapped
    except ValueError:
        return address
    return str(mapped) if mapped else address


class RateLimiter:
    """A bucket of tokens for each sender; a message costs one.

    A sender that was quiet for long enough to have a full bucket is forgotten when room is needed. When all are busy,
    new senders are refused rather than known ones.
    """

    def __init__(self, rate_hz: float = RATE_HZ, burst: int = BURST, senders: int = SENDERS) -> None:
        self._rate_hz = rate_hz
        self._burst = burst
        self._most = senders
        self._buckets: OrderedDict[Sender, tuple[float, float]] = OrderedDict()  # tokens, seen_s; quietest first

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, sender: Sender, now_s: float) -> bool:
        """Whether one more message of this sender may be read."""
        known = self._buckets.pop(sender, None)
        if known is None and len(self._buckets) >= self._most and not self._forget_one(now_s):
            return False
        tokens, seen_s = known or (float(self._burst), now_s)
        tokens = min(self._burst, tokens + max(0.0, now_s - seen_s) * self._rate_hz)
        enough = tokens >= 1.0
        self._buckets[sender] = (tokens - 1.0 if enough else tokens, now_s)
        return enough

    def _forget_one(self, now_s: float) -> bool:
        quietest, (_, seen_s) = next(iter(self._buckets.items()))
        if now_s - seen_s < self._burst / self._rate_hz:
            return False
        del self._buckets[quietest]
        return True


@dataclass
class _Lease:
    ends_s: float
    interval_s: float
    due_s: float
    request: StreamRequest


class Leases:
    """Who is sent what, how often, and until when."""

    def __init__(self, most: int = SUBSCRIBERS, length_s: float = LEASE_S) -> None:
        self.length_s = length_s
        self._most = most
        self._leases: dict[Sender, _Lease] = {}

    def __len__(self) -> int:
        return len(self._leases)

    def renew(self, receiver: Sender, rate_hz: float, now_s: float, request: StreamRequest = USUAL) -> bool:
        """Begins a lease or renews it, with a rate in hertz; False when there are too many already."""
        self._end(now_s)
        known = self._leases.get(receiver)
        if known is None and len(self._leases) >= self._most:
            return False
        due_s = min(known.due_s, now_s + 1 / rate_hz) if known else now_s
        self._leases[receiver] = _Lease(now_s + self.length_s, 1 / rate_hz, due_s, request)
        return True

    @property
    def requests(self) -> dict[Sender, StreamRequest]:
        """What each receiver is sent."""
        return {receiver: lease.request for receiver, lease in self._leases.items()}

    def of(self, belongs: Callable[[str], bool], now_s: float) -> list[Sender]:
        """The receivers whose address `belongs` accepts."""
        self._end(now_s)
        return [receiver for receiver in self._leases if belongs(receiver[0])]

    def drop(self, receiver: Sender) -> bool:
        """Ends a lease; False when there was none."""
        return self._leases.pop(receiver, None) is not None

    def due(self, now_s: float) -> list[Sender]:
        """The receivers that are due now. After a delay each is due once, not once for each time missed."""
        self._end(now_s)
        receivers = []
        for receiver, lease in self._leases.items():
            if now_s >= lease.due_s:
                receivers.append(receiver)
                on_time_s = lease.due_s + lease.interval_s
                lease.due_s = on_time_s if on_time_s > now_s else now_s + lease.interval_s
        return receivers

    def _end(self, now_s: float) -> None:
        self._leases = {receiver: lease for receiver, lease in self._leases.items() if now_s < lease.ends_s}


class AllowList:
    """Which computers may send: this one (127.0.0.0/8) always, others when they are named.

    Args:
        networks: IPv4 addresses or networks, such as `192.168.1.20` or `192.168.1.0/24`.
        section: of the settings that they come from, for the error.

    Raises:
        UserError: one of them is neither.
    """

    def __init__(self, networks: Iterable[str], section: str = "osc") -> None:
        try:
            self._networks = tuple(ipaddress.IPv4Network(network) for network in networks)
        except ValueError as error:
            raise UserError(
                f"{section}.allow: {error}; give IPv4 addresses or networks, such as 192.168.1.20 or 192.168.1.0/24"
            ) from error

    def permits(self, host: str) -> bool:
        """Whether datagrams of this IPv4 address are accepted."""
        host = host_of(host)
        if host.startswith("127."):
            return True
        try:
            address = ipaddress.IPv4Address(host)
        except ValueError:  # no address of an IPv4 network
            return False
        return any(address in network for network in self._networks)

    def __bool__(self) -> bool:
        return bool(self._networks)


class ConfirmationGuard:
    """Keeps a doubled packet, a bundle or a stuck button from confirming its own command.

    The session asks before it does something that cannot be undone, and takes the same command again as a yes. Here
    such a command passes only when the one before it, from any sender, is at least `apart_s` ago.
    """

    def __init__(self, apart_s: float = ARMED_APART_S) -> None:
        self._apart_s = apart_s
        self._received_s: dict[str, float] = {}

    def passes(self, command: str, now_s: float) -> bool:
        """Whether this armed command passes; one that does not starts the time again."""
        before_s = self._received_s.get(command)
        self._received_s[command] = now_s
        return before_s is None or now_s - before_s >= self._apart_s
