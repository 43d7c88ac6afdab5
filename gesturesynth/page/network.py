"""Where the page listens, who may connect, and by which address other devices reach it."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final

from gesturesynth.config.settings.page import LOCAL
from gesturesynth.control.osc.limits import AllowList

LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - connections from elsewhere than `listen` are cut off


@dataclass(frozen=True)
class Reach:
    """Who may connect.

    Attributes:
        listen: LOCAL, or a network such as `192.168.0.0/24`.
    """

    listen: str = LOCAL

    @property
    def is_open(self) -> bool:
        """Whether other devices may connect."""
        return self.listen != LOCAL

    @property
    def host(self) -> str:
        """The address that the socket is bound to."""
        return EVERYWHERE if self.is_open else LOOPBACK

    def allow_list(self) -> AllowList:
        """The addresses that may connect; those of this computer always."""
        return AllowList([self.listen] if self.is_open else [])

    def own_address(self) -> str:
        """The address of this computer in that network, as far as can be told; empty where it is in none."""
        if not self.is_open:
            return LOOPBACK
        network = ipaddress.IPv4Network(self.listen)
        target = network[1] if network.num_addresses > 1 and network.prefixlen else ipaddress.IPv4Address("192.0.2.1")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((str(target), 9))  # nothing is sent: the system only looks up the way
                found = str(probe.getsockname()[0])
            except OSError:
                return ""
        return found if ipaddress.IPv4Address(found) in network else ""
