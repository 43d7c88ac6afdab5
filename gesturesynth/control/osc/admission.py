"""Which datagrams are read when more arrive than there is time for. Pure: time is passed in.

Three token buckets are in front of every message: one for the sender (address and port), one for its host (address),
and one for all hosts together. A program can have many ports and a computer has one address, so the host is what
counts; the bucket of the sender keeps one program from using all that its computer may send.

Hosts that have kept to their rate for a while have a reserved place: unknown hosts cannot take it, however many they
are, and when all together send too much, unknown hosts are refused first. (Any program of this computer can send from
all of 127.0.0.0/8, so that each of these addresses is a host like any other.)
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.control.osc.limits import BURST, RATE_HZ, Sender, host_of

HOST_RATE_HZ: Final = 1000.0
"""Messages a second from one host: two busy programs. They cost a fifth of one slow core."""
HOST_BURST: Final = 200
ALL_RATE_HZ: Final = 2000.0
"""Messages a second from all hosts together."""
ALL_BURST: Final = 400
RESERVE: Final = ALL_BURST / 2
"""What is left in the common bucket for hosts with a reserved place."""
MOST_HOSTS: Final = 256
"""Hosts that are remembered at once, besides those with a reserved place."""
MOST_RESERVED: Final = 64
MOST_SENDERS: Final = 32
"""Senders of one host that have a bucket of their own; others have only that of their host."""
PROBATION_S: Final = 5.0
"""A host that has sent for so long gets a reserved place, unless it was beyond its rate within `LIMITED_S`."""
LIMITED_S: Final = 30.0
"""For so long a host counts as beyond its rate after a refusal."""
QUIET_S: Final = 600.0
"""A reserved place passes to another host when its own has sent nothing for so long."""


@dataclass
class TokenBucket:
    """So many tokens a second, and at most so many at once; full at the beginning."""

    rate_hz: float
    burst: float
    seen_s: float
    tokens: float = field(init=False)

    def __post_init__(self) -> None:
        """Full."""
        self.tokens = float(self.burst)

    def fill(self, now_s: float) -> float:
        """Adds the tokens of the time since the last call; returns how many there are."""
        self.tokens = min(self.burst, self.tokens + max(0.0, now_s - self.seen_s) * self.rate_hz)
        self.seen_s = now_s
        return self.tokens


@dataclass
class _Host:
    bucket: TokenBucket
    since_s: float
    empty_at_s: float | None = None  # the bucket was empty at this time; a flood mostly arrives within one poll
    limited_s: float | None = None
    senders: OrderedDict[int, TokenBucket] = field(default_factory=OrderedDict)

    def keeps_to_rate(self, now_s: float) -> bool:
        lately = self.limited_s is not None and now_s - self.limited_s < LIMITED_S
        return now_s - self.since_s >= PROBATION_S and not lately

    def sender(self, port: int, now_s: float) -> TokenBucket | None:
        """The bucket of a port; None when too many ports have one."""
        known = self.senders.get(port)
        if known:
            self.senders.move_to_end(port)
            return known
        if len(self.senders) >= MOST_SENDERS:
            quietest, bucket = next(iter(self.senders.items()))
            if now_s - bucket.seen_s < bucket.burst / bucket.rate_hz:
                return None
            del self.senders[quietest]
        made = self.senders[port] = TokenBucket(RATE_HZ, BURST, now_s)
        return made


class AdmissionControl:
    """Decides for each message whether it is read.

    Attributes:
        reserved: how many hosts have a reserved place.
    """

    def __init__(self) -> None:
        self._all: TokenBucket | None = None
        self._reserved: OrderedDict[str, _Host] = OrderedDict()  # the quietest first, as below
        self._others: OrderedDict[str, _Host] = OrderedDict()

    @property
    def reserved(self) -> int:
        """How many hosts have a reserved place."""
        return len(self._reserved)

    def __len__(self) -> int:
        return len(self._reserved) + len(self._others)

    def admit(self, sender: Sender, now_s: float) -> bool:
        """Whether one more message of this sender may be read; if so, it takes its tokens."""
        name = host_of(sender[0])
        at_once = self._others.get(name)
        if at_once and at_once.empty_at_s == now_s:
            return False
        host = self._host(name, now_s)
        if host is None:
            return False
        own = host.sender(sender[1], now_s)
        enough = host.bucket.fill(now_s) >= 1.0
        if own and own.fill(now_s) < 1.0:
            enough = False
        if not enough:
            if host.bucket.tokens < 1.0:
                host.empty_at_s = now_s
            host.limited_s = now_s
            self._demote(name, now_s)
            return False
        common = self._all = self._all or TokenBucket(ALL_RATE_HZ, ALL_BURST, now_s)
        if common.fill(now_s) < (1.0 if name in self._reserved else RESERVE + 1.0):
            return False
        common.tokens -= 1.0
        host.bucket.tokens -= 1.0
        if own:
            own.tokens -= 1.0
        return True

    def _host(self, name: str, now_s: float) -> _Host | None:
        """The host, at the end of its list; None for an unknown one for which there is no place."""
        kept = self._reserved.get(name)
        if kept:
            self._reserved.move_to_end(name)
            return kept
        host = self._others.pop(name, None)
        if host is None:
            if len(self._others) >= MOST_HOSTS and not self._forget_one(now_s):
                return None
            host = _Host(TokenBucket(HOST_RATE_HZ, HOST_BURST, now_s), now_s)
        if host.keeps_to_rate(now_s) and (len(self._reserved) < MOST_RESERVED or self._retire_one(now_s)):
            self._reserved[name] = host
        else:
            self._others[name] = host
        return host

    def _demote(self, name: str, now_s: float) -> None:
        host = self._reserved.pop(name, None)
        if host is None:
            return
        if len(self._others) >= MOST_HOSTS and not self._forget_one(now_s):
            self._others.popitem(last=False)
        self._others[name] = host

    def _forget_one(self, now_s: float) -> bool:
        quietest, host = next(iter(self._others.items()))
        if now_s - host.bucket.seen_s < HOST_BURST / HOST_RATE_HZ:
            return False
        del self._others[quietest]
        return True

    def _retire_one(self, now_s: float) -> bool:
        quietest, host = next(iter(self._reserved.items()))
        if now_s - host.bucket.seen_s < QUIET_S:
            return False
        del self._reserved[quietest]
        return True
