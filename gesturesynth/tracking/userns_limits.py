"""Why a kernel refuses an ordinary user a network namespace, and what to do about it."""

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
        file: below /proc/sys; the limit is in force when it holds `value`.
        value: of that file.
        cause: the reason, as a part of a sentence.
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
"""The first is Ubuntu's since 23.10, the second is Debian's and others'; all systems have the last (namespaces(7))."""

ELSEWHERE: Final = f"{SERVICE}; in a container, allow user namespaces or give it no network; or unplug the network."
NO_LINUX: Final = "Unplug the network, or let a firewall refuse it to this Python."


def found_limit(sysctl: Path = SYSCTL) -> Limit | None:
    """The limit that is in force on this system, or None where none is known."""
    for limit in LIMITS:
        try:
            value = (sysctl / limit.file).read_bytes().strip()
        except OSError:
            continue  # this kernel has no such setting
        if value == limit.value.encode():
            return limit
    return None


def advice(sysctl: Path = SYSCTL) -> str:
    """A sentence: what to do when the tracker could not be isolated from the network."""
    if sys.platform != "linux":
        return NO_LINUX
    limit = found_limit(sysctl)
    return limit.advice if limit else ELSEWHERE
