"""The two protocols by which levels reach lamps, for the settings: ports, and which universes there are. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.light import artnet, sacn

SACN: Final = "sacn"
ARTNET: Final = "artnet"
MULTICAST: Final = "multicast"
MULTICAST_NETWORK: Final = "239.255.0.0/16"
"""All groups of sACN."""
LOOPBACK: Final = "127.0.0.1"
FASTEST_HZ: Final = 44.0
"""A DMX line of 512 channels carries so many frames a second (E1.11: 22.7 ms each), and no more may be sent."""


@dataclass(frozen=True)
class Protocol:
    """One protocol.

    Attributes:
        title: for people.
        port: UDP, that of its receivers.
        first_universe, last_universe: the numbers that it has.
        multicast: whether it can send to all receivers of a universe at once.
    """

    title: str
    port: int
    first_universe: int
    last_universe: int
    multicast: bool


PROTOCOLS: Final = {
    SACN: Protocol("sACN", sacn.PORT, 1, sacn.MOST_UNIVERSE, multicast=True),
    ARTNET: Protocol("Art-Net", artnet.PORT, 0, artnet.MOST_UNIVERSE, multicast=False),
}


@dataclass(frozen=True)
class Destination:
    """Where a universe of presets goes.

    Attributes:
        number: of the universe on the network.
        address: an IPv4 address, or MULTICAST.
    """

    number: int
    address: str


@dataclass(frozen=True)
class LightSettings:
    """How lamps are driven.

    Attributes:
        protocol: a key of PROTOCOLS.
        address: an IPv4 address, or MULTICAST; for universes that `universes` does not name, which keep their numbers.
        port: UDP; 0 for the protocol's own.
        universes: a universe of presets -> where it goes.
        name: of the source, for people who look at the network (sACN).
        priority: 0..200 (sACN).
        rate_hz: frames a second at most, above 0 to FASTEST_HZ.
        most: what all levels are multiplied by, 0..1.
        flashes: how many there may be in any second; 0 for none.
        via: the address of this computer's own by which packets leave; empty: as the system chooses.
        dark_when_muted: whether lamps go out when the sound is muted.
    """

    protocol: str = SACN
    address: str = LOOPBACK
    port: int = 0
    universes: Mapping[int, Destination] = field(default_factory=dict)
    name: str = "Gesture Synth"
    priority: int = 100
    rate_hz: float = 40.0
    most: float = 1.0
    flashes: int = 3
    dark_when_muted: bool = False
    via: str = ""

    @property
    def udp_port(self) -> int:
        """The port that packets go to."""
        return self.port or PROTOCOLS[self.protocol].port

    def destination(self, universe: int) -> Destination | None:
        """Where a universe of a preset goes; None where the protocol has no universe of this number."""
        found = self.universes.get(universe) or Destination(universe, self.address)
        protocol = PROTOCOLS[self.protocol]
        return found if protocol.first_universe <= found.number <= protocol.last_universe else None

    def text(self) -> str:
        """Where it sends, for people."""
        addresses = dict.fromkeys((*(to.address for to in self.universes.values()), self.address))
        return f"{PROTOCOLS[self.protocol].title} to {', '.join(addresses)}, port {self.udp_port}"
