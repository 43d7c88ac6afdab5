"""Who a request comes from, and what they may do: people at this computer everything, others as they were paired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

from gesturesynth.page.admission import is_local
from gesturesynth.page.devices import DeviceBook
from gesturesynth.page.roles import Role

COOKIE: Final = "gesturesynth-device"
COOKIE_S: Final = 400 * 86400
"""As long as browsers keep a cookie at most."""


@dataclass(frozen=True)
class Visitor:
    """The sender of a request.

    Attributes:
        role: what they may do.
        device: the number of the device; 0 for people at this computer.
    """

    role: Role
    device: int = 0

    @property
    def key(self) -> str:
        """By which its messages are counted."""
        return f"device {self.device}" if self.device else "this computer"


def visitor(headers: Mapping[str, str], client: str, devices: DeviceBook) -> Visitor | None:
    """The sender of a request; None for one that is not paired.

    Args:
        headers: by lower-case name.
        client: the address that it came from.
        devices: those that were paired.
    """
    if is_local(headers, client):
        return Visitor("teach")
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    device = devices.find(morsel.value) if morsel else None
    return Visitor(device.role, device.number) if device else None


def cookie(token: str, *, tls: bool) -> str:
    """The header that gives a device its token: no script can read it, and no other page can send it."""
    secure = "; Secure" if tls else ""
    return f"{COOKIE}={token}; Path=/; Max-Age={COOKIE_S}; HttpOnly; SameSite=Strict{secure}"
