"""How programs find OSC addresses: what the settings of this machine say about it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Coroutine, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from starlette.requests import HTTPConnection

from gesturesynth.control.osc.limits import AllowList
from gesturesynth.page.access import Visitor
from gesturesynth.page.admission import is_loopback
from gesturesynth.page.message_pace import MessagePace
from gesturesynth.page.network import EVERYWHERE
from gesturesynth.page.oscquery.announcer import OSC, OSCQUERY, Announcement, Announcer, address_towards
from gesturesynth.page.oscquery.routes import OscQueryAccess
from gesturesynth.page.oscquery.service import OscQuery

if TYPE_CHECKING:
    from gesturesynth.config.settings.settings import Settings


@dataclass(frozen=True)
class OscQuerySettings:
    """What is served, and what the network is told.

    Attributes:
        name: of this host, for people; with the name of this computer.
        announce: whether the network is told.
        osc_host: where OSC is received.
        osc_allow: other computers that may send OSC.
    """

    name: str
    announce: bool = False
    osc_host: str = "127.0.0.1"
    osc_allow: tuple[str, ...] = ()

    @classmethod
    def of(cls, chosen: Settings) -> Self | None:
        """From the settings of this machine; None where it is switched off."""
        if not chosen.oscquery.enabled:
            return None
        host = chosen.osc.host if chosen.osc.enabled else "127.0.0.1"
        allow = () if is_loopback(host) else tuple(chosen.osc.allow)
        name = f"{chosen.oscquery.name} on {socket.gethostname()}"
        return cls(name, chosen.oscquery.announce, host, allow)

    @property
    def osc_ip(self) -> str:
        """The address at which OSC is received, where that is one of several; else empty."""
        return "" if self.osc_host == EVERYWHERE or is_loopback(self.osc_host) else self.osc_host

    def access(
        self,
        service: OscQuery,
        port: int,
        pace: MessagePace,
        visitor: Callable[[HTTPConnection], Visitor | None],
    ) -> OscQueryAccess:
        """What the routes need; see there for the arguments."""
        return OscQueryAccess(service, self.name, port, self.osc_ip, AllowList(self.osc_allow), pace, visitor)


def announcing(
    settings: OscQuerySettings, service: OscQuery, served_at: tuple[str, int] | None
) -> Iterator[Coroutine[Any, Any, None]]:
    """What runs beside the server to tell the network; nothing where it is not to be told.

    Args:
        settings: of this machine.
        service: knows at which port OSC is received.
        served_at: address and TCP port at which other computers reach OSCQuery; None where they do not.
    """
    if not settings.announce or not (settings.osc_allow or served_at):
        return

    async def wanted() -> Collection[Announcement]:
        found = [Announcement(OSCQUERY, settings.name, *served_at)] if served_at and served_at[0] else []
        if settings.osc_allow and (port := await service.ask_osc_port()):
            address = settings.osc_ip or address_towards(settings.osc_allow[0])
            found += [Announcement(OSC, settings.name, address, port)] if address else []
        return found

    yield Announcer(wanted).work()
