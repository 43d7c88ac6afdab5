"""Why a kernel refuses an ordinary user a network of its own, and what to do about it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SYSCTL: Final = Path("/proc/sys")
SERVICE: Final = "`sudo gesturesynth service install` cuts it off as root"


@dataclass(frozen=True)
class Limit:
    """One way in which a system refuses user namespaces.

    Attributes:
        file: below /proc/sys; when it holds `value`, this is it.
        value: see there.
        cause: what is the matter, as part of a sentence.
        advice: a sentence: what a person can do.
    """

    file: str
    value: str
    cause: str
    advice: str


LIMITS: Final = (
    Limit(
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor forbids it to programs without a profile",
        f"{SERVICE}, and brings a profile for `gesturesynth run` (systemd/apparmor-gesturesynth).",
    ),
    Limit(
        "kernel/unprivileged_userns_clone",
        "0",
        "kernel.unprivileged_userns_clone is 0",
        f"{SERVICE}; or, for `gesturesynth run`: sudo sysctl kernel.unprivileged_userns_clone=1.",
    ),
    Limit(
        "user/max_user_namespaces",
        "0",
        "user.max_user_namespaces is 0",
        f"{SERVICE}; or, for `gesturesynth run`: sudo sysctl user.max_user_namespaces=1000.",
    ),
)
"""The first is Ubuntu's since 23.10, the second Debian's and its kin's; the last counts everywhere (namespaces(7))."""

ELSEWHERE: Final = f"{SERVICE}; in a container, allow user namespaces or give it no network; or unplug the network."
NO_LINUX: Final = "Unplug the network, or let a firewall refuse it to this Python."


def found_limit(sysctl: Path = SYSCTL) -> Limit | None:
    """The limit of this system that is in force, or None where there is none that we know."""
    for limit in LIMITS:
        try:
            value = (sysctl / limit.file).read_bytes().strip()
        except OSError:
            continue  # this kernel has no such setting
        if value == limit.value.encode():
            return limit
    return None


def advice(sysctl: Path = SYSCTL) -> str:
    """A sentence for a person whose tracker could not be cut off from the network."""
    if sys.platform != "linux":
        return NO_LINUX
    limit = found_limit(sysctl)
    return limit.advice if limit else ELSEWHERE
