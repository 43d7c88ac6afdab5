"""Addresses of pose servers: `tcp://192.168.1.20:9480`. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

EXAMPLE: Final = "tcp://192.168.1.20:9480"
EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound


@dataclass(frozen=True)
class TcpAddress:
    """A host (an IPv4 or IPv6 address, or a name) and a port, 1 to 65535; 0 where any free port will do."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"tcp://[{self.host}]:{self.port}" if ":" in self.host else f"tcp://{self.host}:{self.port}"

    @property
    def numeric(self) -> bool:
        """Whether the host is an address in numbers."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True

    @property
    def ipv6(self) -> bool:
        """Whether the host is an IPv6 address."""
        return ":" in self.host


def parse_address(text: str, *, to_bind: bool = False) -> TcpAddress:
    """The parts of an address.

    Args:
        text: as a person writes it.
        to_bind: it is to listen at: numbers only, and `*` or 0.0.0.0 for all networks.

    Raises:
        ValueError: with a sentence.
    """
    found = re.fullmatch(r"tcp://(\[[0-9A-Fa-f:.]+\]|[^\[\]:/@\s]+):(\d{1,5})", text.strip())
    if not found:
        raise ValueError(f"expected an address such as {EXAMPLE}, not '{text[:60]}'")
    host, port = found[1].strip("[]"), int(found[2])
    if port > 65535 or (port == 0 and not to_bind):
        raise ValueError(f"a port is 1 to 65535, not {port}")
    if to_bind and host == "*":
        host = EVERYWHERE[0]
    address = TcpAddress(host, port)
    if address.numeric:
        if not to_bind and host in EVERYWHERE:
            raise ValueError(f"{host} is no computer; give the address of the one with the camera")
        return address
    if to_bind:
        raise ValueError(f"expected an address of this computer in numbers, or tcp://0.0.0.0:{port}, not '{host[:60]}'")
    if not re.fullmatch(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*\.?", host):
        raise ValueError(f"'{host[:60]}' is not the name of a computer")
    if re.fullmatch(r"[0-9.]+", host):
        raise ValueError(f"'{host}' is not an IPv4 address")
    return address


@dataclass(frozen=True)
class TrackerAddress:
    """One tracker of the settings.

    Attributes:
        name: of the tracker; `local` for that of this computer.
        room: that it sees; trackers of the same room are its sides.
        address: of its pose server; None for the local one.
        key: the public key of its computer, 32 bytes; likewise.
    """

    name: str
    room: str
    address: TcpAddress | None = None
    key: bytes = b""
