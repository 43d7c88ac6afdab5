"""The check of how other programs find this one: OSCQuery, and what the local network is told."""

from __future__ import annotations

import importlib.util
import socket
from dataclasses import dataclass
from typing import Final

from gesturesynth.config.settings.page import LOCAL
from gesturesynth.config.settings.settings import Settings
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, good, warn

INSTALL: Final = "pip install 'gesturesynth[zeroconf]', or `oscquery: {announce: false}` in gesturesynth.yaml"
ELSEWHERE: Final = "192.0.2.1"
"""An address that no network has (RFC 5737): only the way to it is looked up."""


@dataclass(frozen=True)
class DiscoveryFacts:
    """What is known.

    Attributes:
        has_zeroconf: whether the library is installed.
        has_network: whether this computer is in a network.
    """

    has_zeroconf: bool
    has_network: bool


def check_discovery(examination: Examination) -> Finding:
    """The library and the network."""
    facts = DiscoveryFacts(importlib.util.find_spec("zeroconf") is not None, _has_network())
    return judge_discovery(examination.settings, facts)


def _has_network() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ELSEWHERE, 9))
        except OSError:
            return False
    return True


def judge_discovery(settings: Settings, facts: DiscoveryFacts) -> Finding:
    """Whether programs find the addresses, and other computers this one."""
    chosen, page, osc = settings.oscquery, settings.page, settings.osc
    if not chosen.enabled:
        return good("OSCQuery is switched off")
    if not page.enabled and not chosen.without_page:
        return good("OSCQuery is not served: there is no page, and `oscquery.without_page` is off")
    port = page.port if page.enabled else chosen.port
    findings = [good(f"programs of this computer find all OSC addresses at http://127.0.0.1:{port}/ (OSCQuery)")]
    listens = page.enabled and page.listen != LOCAL
    told = listens or (osc.enabled and bool(osc.allow) and not osc.host.startswith("127."))
    if not told or not chosen.announce:
        return combine([*findings, good("the network is told nothing")])
    if listens and page.certificate:
        findings.append(warn("OSCQuery is not announced: the page speaks HTTPS, and such programs do not", ""))
    if not facts.has_zeroconf:
        findings.append(warn("other computers do not find this one by themselves: zeroconf is not installed", INSTALL))
    elif not facts.has_network:
        findings.append(warn("the local network cannot be told: this computer is in none", "Connect it, or wait."))
    else:
        findings.append(good(f"announced to the local network as '{chosen.name} on {socket.gethostname()}'"))
    return combine(findings)
