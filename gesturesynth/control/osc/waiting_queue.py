"""Datagrams that have arrived and wait to be read; hosts are served in turn. Pure.

Taking a datagram from the kernel is cheap; reading it and carrying it out costs a hundred times as much. So all are
taken at once, and read for as long as there is time: one of each host in turn, and of each sender of that host in turn,
however many the others have sent.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Final

from gesturesynth.control.osc.limits import Sender, host_of

MOST_OF_A_SENDER: Final = 128
MOST_OF_A_HOST: Final = 256
MOST_WAITING: Final = 1024
"""Datagrams that wait at most; each has about a kilobyte at most."""
MOST_AGE_S: Final = 0.5
"""What has waited for longer is not read: an old command must not take effect later."""


class WaitingDatagrams:
    """A queue for each host and sender. What has no room is not taken.

    Attributes:
        too_old: how many were thrown away because they had waited for too long.
    """

    def __init__(self) -> None:
        self.too_old = 0
        self._hosts: OrderedDict[str, OrderedDict[Sender, deque[tuple[float, bytes]]]] = OrderedDict()
        self._of_host: dict[str, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, datagram: bytes, sender: Sender, now_s: float) -> bool:
        """Keeps one; False when there is no room for it."""
        host = host_of(sender[0])
        if self._count >= MOST_WAITING or self._of_host.get(host, 0) >= MOST_OF_A_HOST:
            return False
        of_sender = self._hosts.setdefault(host, OrderedDict()).setdefault(sender, deque())
        if len(of_sender) >= MOST_OF_A_SENDER:
            return False
        of_sender.append((now_s, datagram))
        self._of_host[host] = self._of_host.get(host, 0) + 1
        self._count += 1
        return True

    def take(self, now_s: float) -> tuple[bytes, Sender] | None:
        """The next one that is not too old; None when none waits."""
        while self._count:
            arrived_s, datagram, sender = self._next()
            if now_s - arrived_s <= MOST_AGE_S:
                return datagram, sender
            self.too_old += 1
        return None

    def _next(self) -> tuple[float, bytes, Sender]:
        host, senders = self._hosts.popitem(last=False)
        sender, waiting = senders.popitem(last=False)
        arrived_s, datagram = waiting.popleft()
        self._count -= 1
        self._of_host[host] -= 1
        if waiting:
            senders[sender] = waiting
        if senders:
            self._hosts[host] = senders
        else:
            del self._of_host[host]
        return arrived_s, datagram, sender
