"""Which web addresses actions may ask for: those below an address that the settings list. Pure.

A listed address is compared part by part and not as a text: scheme, host and port must be the same, and the path must
lie below its path. So `http://lamp/` allows neither `http://lamp.example.org/` nor `http://lamp@example.org/`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from gesturesynth.actions.template import PLACEHOLDER
from gesturesynth.core.errors import UserError

PORTS: Final = {"http": 80, "https": 443}
LONGEST: Final = 500
_FORM: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:(?P<port>[0-9]{1,5}))?(?P<rest>/[!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_STEPS: Final = re.compile(r"(^|[/\\])\.\.?(;[^/\\]*)?([/\\]|$)|[\x00-\x1f\x7f]")
"""`.` and `..`, also with parameters; and control characters, which some servers drop and at which others stop."""
_DECODINGS: Final = 3
"""How often a path is decoded while steps are looked for: servers behind servers decode `%252e` twice."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address (RFC 6052)."""
_PUBLIC_IPV6: Final = ipaddress.ip_network("2000::/3")
"""All that is assigned for the public network (RFC 4291, section 2.4, and IANA's registry)."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class WebAddress:
    """An address of the web, taken apart.

    Attributes:
        scheme: `http` or `https`.
        host: a name or an IPv4 address, in small letters.
        port: 1 to 65535.
        path: begins with `/`; with what stands behind `?`.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """The server: `http://lamp:8080`; the port only where it is not the usual one."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.origin}{self.path}"

    def is_below(self, listed: WebAddress) -> bool:
        """Whether this one is the listed one, or lies below it."""
        if (self.scheme, self.host, self.port) != (listed.scheme, listed.host, listed.port):
            return False
        path = listed.path
        if not self.path.startswith(path):
            return False
        ends, follow = ("=", ("", "&")) if "?" in path else ("/", ("", "/", "?"))
        return path.endswith(ends) or self.path[len(path) : len(path) + 1] in follow


def web_address(text: str) -> WebAddress:
    """Takes an address apart.

    Raises:
        UserError: it is none that is understood, with a sentence.
    """
    match = _FORM.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        shown = "".join(character if character.isprintable() else "?" for character in text[:60])
        raise UserError(
            f"'{shown}' is not an address such as http://192.168.1.20/lamp or https://example.org/piece/: no name and "
            f"password, no blanks, at most {LONGEST} characters"
        )
    scheme, path = match["scheme"].lower(), match["rest"] or "/"
    port = int(match["port"] or PORTS[scheme])
    if not 1 <= port <= 65535:
        raise UserError(f"{port} is not a port; choose one from 1 to 65535")
    if set(path) & set('#\\"<>^`|') or _has_steps(path.partition("?")[0]):
        raise UserError(f"'{path[:60]}' has steps such as `..`, or characters that have no place in a path")
    return WebAddress(scheme, match["host"].lower(), port, path)


def allowed(address: WebAddress, listed: Iterable[WebAddress]) -> bool:
    """Whether an address lies below one that is listed."""
    return any(address.is_below(one) for one in listed)


def host_has_placeholder(url: str) -> bool:
    """Whether values stand in the scheme, the host or the port of an address, where they may not."""
    head = "/".join(url.split("/", 3)[:3])
    return PLACEHOLDER.search(head) is not None


def _has_steps(path: str) -> bool:
    """Whether a path, as a server may read it, leads out of the folders that are written in it."""
    for _ in range(_DECODINGS):
        if _STEPS.search(path):
            return True
        path = unquote(path)
    return _STEPS.search(path) is not None


def permitted_ips(host: str, found: Sequence[IpAddress], networks: Sequence[IpNetwork]) -> list[IpAddress]:
    """Those of the addresses of a host that may be connected to, in their order.

    A public one may. Another (this computer, the local network) may only where the host is that address itself, and so
    stands in the list, or is `localhost`; or where it lies in one of the networks. A name can come to stand for another
    address at any time, which would else let the owner of that name reach what is on the local network.
    """
    permitted: list[IpAddress] = []
    for ip in found:
        if ip.is_multicast or ip.is_unspecified or str(ip) == "255.255.255.255":
            continue
        listed = host == str(ip) or any(ip in network for network in networks)
        if listed or (host == "localhost" and ip.is_loopback) or _is_public(ip):
            permitted.append(ip)
    return permitted


def _is_public(ip: IpAddress) -> bool:
    """Whether it is an address of the public network, and does not stand for an IPv4 address that is not."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global
    if ip in _NAT64:
        return ipaddress.IPv4Address(ip.packed[-4:]).is_global
    return ip in _PUBLIC_IPV6 and ip.is_global and (ip.sixtofour is None or ip.sixtofour.is_global)
