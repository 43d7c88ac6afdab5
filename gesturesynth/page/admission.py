"""Whether a request may come in at all: its Host and its Origin. Pure.

A browser sends requests to this computer for any page that its user opens. Host says which name the browser looked up:
a foreign name that leads here (DNS rebinding) is refused. Origin says which page asks: only our own may.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from gesturesynth.control.osc.limits import host_of

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers that a proxy adds: then an address of this computer says nothing about the person."""


class Admission:
    """The rules of one server.

    Args:
        names: names by which other computers know this one, such as `gallery.local`; without a port.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower().rstrip(".") for name in names)

    def host_refusal(self, headers: Mapping[str, str], server: str) -> str:
        """Why a request with this Host is refused; empty when it is not.

        Args:
            headers: by lower-case name.
            server: the address of this computer that the connection came to.
        """
        name = host_name(headers.get("host", ""))
        if not name:
            return "the request does not say which host it is for"
        if name in self._names or name == host_of(server):
            return ""  # an address in numbers cannot be led elsewhere by a name server
        if name in LOOPBACK_NAMES and is_loopback(server):
            return ""
        return (
            "this server does not know the name in the address. Use the address that `gesturesynth run` prints, or "
            "add the name to `page.names` in gesturesynth.yaml"
        )

    @staticmethod
    def origin_refusal(headers: Mapping[str, str], scheme: str, *, required: bool) -> str:
        """Why a request of this Origin is refused; empty when it is not.

        Args:
            headers: by lower-case name.
            scheme: `http` or `https`, as this server is reached.
            required: refuse a request without one: WebSocket and POST of every browser have it.
        """
        origin = headers.get("origin")
        if origin is None:
            if required:
                return "the request does not say which page it comes from"
            return (
                "" if headers.get("sec-fetch-site", "none") in {"none", "same-origin"} else "it comes from another page"
            )
        parts = urlsplit(origin)
        same = parts.scheme == scheme and parts.netloc.lower() == headers.get("host", "").lower() != ""
        return "" if same else "it comes from another page"


def is_local(headers: Mapping[str, str], client: str) -> bool:
    """Whether a request comes from a person at this computer, as far as can be told."""
    return is_loopback(client) and not any(name in headers for name in FORWARDED)


def is_loopback(address: str) -> bool:
    """Whether an address in numbers is of this computer alone."""
    try:
        return ipaddress.ip_address(host_of(address)).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str:
    """The name or address in a Host header, lower case, without port; empty for what is none."""
    try:
        parts = urlsplit(f"//{host}")
        name, _port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return "" if parts.path or parts.query or parts.fragment or parts.username is not None else name.rstrip(".")
