"""The check of lamps: whether this computer has a way to them, and whether they may flash more than is safe."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Final

from gesturesynth.light.protocols import LOOPBACK, MULTICAST, LightSettings
from gesturesynth.light.sacn import multicast_address
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, good, warn

SAFE_FLASHES: Final = 3


def check_lights(examination: Examination) -> Finding:
    """Where levels go. No packet is sent: the system is only asked whether it has a way there."""
    section = examination.settings.light
    chosen = section.light_settings()
    addresses = {chosen.address, *(to.address for to in chosen.universes.values())}
    ways = {address: _way(address, chosen) for address in addresses} if section.enabled else {}
    return judge_lights(chosen, ways, enabled=section.enabled)


def _way(address: str, settings: LightSettings) -> str:
    """Why the system has no way to an address; empty where it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if settings.via:
                asked.bind((settings.via, 0))
            asked.connect((multicast_address(1) if address == MULTICAST else address, settings.udp_port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def judge_lights(settings: LightSettings, ways: Mapping[str, str], *, enabled: bool) -> Finding:
    """Whether lamps can be reached, and how often they may flash.

    Args:
        settings: of the machine.
        ways: each address, and why there is no way to it; empty where there is one.
        enabled: whether lamps are to be driven.
    """
    if not enabled:
        return good("lamps are switched off")
    findings = [good(settings.text())]
    findings += [
        warn(
            f"there is no way to {address}: {problem}",
            "Connect the network; or correct `light.address`, `light.via`.",
        )
        for address, problem in sorted(ways.items())
        if problem
    ]
    if set(ways) == {LOOPBACK}:
        findings.append(good("no packet leaves this computer"))
    if settings.flashes > SAFE_FLASHES:
        findings.append(
            warn(
                f"lamps may flash {settings.flashes} times in a second, which can make people ill",
                f"light.flashes: {SAFE_FLASHES} or less, unless all visitors know.",
            )
        )
    return combine(findings)
