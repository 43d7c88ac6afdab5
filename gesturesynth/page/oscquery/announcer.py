"""Tells the local network by zeroconf where OSCQuery and OSC are, for as long as other computers may connect.

zeroconf is an extra of the package, and a network may have no multicast: whatever fails here is said in the log, tried
again later, and stops nothing else.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gesturesynth.core import log

if TYPE_CHECKING:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

OSCQUERY: Final = "_oscjson._tcp.local."
OSC: Final = "_osc._udp.local."
MISSING: Final = (
    "other computers do not find it by themselves, because zeroconf is not installed: "
    "pip install 'gesturesynth[zeroconf]'. Everything else works; `oscquery.announce: false` ends this message"
)
LOOK_S: Final = 5.0
"""Between two looks at what is to be announced: the port of OSC may change when the conductor starts again."""
RETRY_S: Final = 60.0
"""After a failure."""


@dataclass(frozen=True)
class Announcement:
    """One thing that the network is told.

    Attributes:
        type: OSCQUERY or OSC.
        name: for people; an own one is chosen where the network has it already.
        address: of this computer, IPv4.
        port: TCP for OSCQUERY, UDP for OSC.
    """

    type: str
    name: str
    address: str
    port: int


def address_towards(network: str) -> str:
    """The address by which this computer sends into a network or to an address; empty where it cannot be told."""
    target = network.partition("/")[0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((target, 9))  # nothing is sent: the system only looks up the way
            return str(probe.getsockname()[0])
        except OSError:
            return ""


class Announcer:
    """Announces until its task is cancelled.

    Args:
        wanted: what is to be announced now.
        interfaces: addresses of this computer to announce at; by default those of the announcements.
    """

    def __init__(
        self, wanted: Callable[[], Awaitable[Collection[Announcement]]], interfaces: Collection[str] = ()
    ) -> None:
        self._wanted = wanted
        self._interfaces = tuple(interfaces)
        self._told: dict[Announcement, ServiceInfo] = {}
        self._zeroconf: AsyncZeroconf | None = None
        self._addresses: frozenset[str] = frozenset()
        self._said = ""

    async def work(self) -> None:
        """Announces, follows changes, and withdraws everything at the end."""
        if importlib.util.find_spec("zeroconf") is None:
            log.get().warning("not announced", message=MISSING)
            return
        try:
            while True:  # there is no event for the port of another process
                succeeded = await self._follow()
                await asyncio.sleep(LOOK_S if succeeded else RETRY_S)
        finally:
            await self._end()

    async def _follow(self) -> bool:
        """Brings what is announced to what is wanted; returns False, and has said why, where that failed."""
        try:
            await self._change(frozenset(await self._wanted()))
        except Exception as error:  # noqa: BLE001 - whatever a library does about a network: nothing else may end
            sentence = (
                f"the local network cannot be told ({type(error).__name__}: {error}): perhaps it "
                "has no multicast. Other computers can connect all the same, by the address of this one"
            )
            if sentence != self._said:
                self._said = sentence
                log.get().warning("not announced", message=sentence)
            await self._end()
            return False
        self._said = ""
        return True

    async def _change(self, wanted: frozenset[Announcement]) -> None:
        addresses = frozenset(self._interfaces or (one.address for one in wanted))
        if addresses != self._addresses:
            await self._end()
            self._addresses = addresses
        for gone in self._told.keys() - wanted:
            if self._zeroconf:
                await (await self._zeroconf.async_unregister_service(self._told.pop(gone)))
        for one in wanted - self._told.keys():
            self._told[one] = await self._announce(one)

    async def _announce(self, one: Announcement) -> ServiceInfo:
        from zeroconf import IPVersion, NonUniqueNameException, ServiceInfo  # noqa: PLC0415 - an extra
        from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415 - an extra

        if self._zeroconf is None:
            for address in self._addresses:
                _check_is_own(address)
            self._zeroconf = AsyncZeroconf(interfaces=sorted(self._addresses), ip_version=IPVersion.V4Only)
        info = ServiceInfo(
            one.type,
            f"{_label(one.name)}.{one.type}",
            addresses=[socket.inet_aton(one.address)],
            port=one.port,
            properties={"txtvers": "1"},
            # Of its own: two computers with the same name would share their addresses.
            server=f"gesturesynth-{one.address.replace('.', '-')}.local.",
        )
        try:
            await (await self._zeroconf.async_register_service(info))
        except NonUniqueNameException:
            await (await self._zeroconf.async_register_service(info, allow_name_change=True))
            message = f"the network has a '{one.name}' already; this one is called '{info.get_name()}'"
            log.get().warning("name taken", message=message)
        log.get().info("announced", type=one.type, name=info.get_name(), address=one.address, port=one.port)
        return info

    async def _end(self) -> None:
        zeroconf, self._zeroconf = self._zeroconf, None
        self._told.clear()
        self._addresses = frozenset()
        if zeroconf:
            try:
                async with asyncio.timeout(2.0):
                    await zeroconf.async_close()  # withdraws everything first
            except Exception as error:  # noqa: BLE001 - see above
                log.get().debug("announcement not withdrawn", reason=f"{type(error).__name__}: {error}")
                zeroconf.zeroconf.close()  # its sockets, all the same


def _check_is_own(address: str) -> None:
    """Raises OSError unless this computer has the address: zeroconf would find out late, and keep a socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))


def _label(name: str) -> str:
    """A name as one label of DNS: at most 63 bytes, and no dot, which would end it."""
    return name.replace(".", "-").encode()[:60].decode(errors="ignore").strip()
