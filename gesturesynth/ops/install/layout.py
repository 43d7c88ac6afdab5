"""Where the system service and its parts are on a computer, and which parts there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import gesturesynth

TARGET: Final = "gesturesynth.target"
PROCESSES: Final = ("tracker", "conductor", "engine", "keypad")
"""Each has a unit of its own, which the target starts."""
JACKD: Final = "jackd"
"""Optional: enabled by itself."""

GROUP: Final = "gesturesynth"
USERS: Final = ("gesturesynth", "gesturesynth-tracker", "gesturesynth-engine", "gesturesynth-keypad")

MODE: Final = 0o644
PROGRAM_MODE: Final = 0o755


def unit(process: str) -> str:
    """The name of a process's unit."""
    return f"gesturesynth-{process}.service"


UNITS: Final = (TARGET, *map(unit, (*PROCESSES, JACKD)))


def parts_dir() -> Path:
    """Units, rules and scripts shipped with the project: inside an installed package, or beside it in a checkout."""
    package = Path(gesturesynth.__file__).parent
    inside = package / "systemd"
    return inside if inside.is_dir() else package.parent / "systemd"


@dataclass(frozen=True)
class Layout:
    """Where everything goes.

    Attributes:
        root: in front of every path; another one than `/` is for staging: nothing but files is touched.
    """

    root: Path = Path("/")

    @property
    def staged(self) -> bool:
        """Whether this is not the computer itself."""
        return self.root != Path("/")

    def at(self, path: str) -> Path:
        """Where an absolute path is."""
        return self.root / path.lstrip("/")

    @property
    def program(self) -> Path:
        """Every version that is installed, in a folder of its own, and `current`, a link to one."""
        return self.at("/opt/gesturesynth")

    @property
    def current(self) -> Path:
        """The version that runs."""
        return self.program / "current"

    @property
    def launcher(self) -> Path:
        """What a shell finds as `gesturesynth`."""
        return self.at("/usr/local/bin/gesturesynth")

    @property
    def units(self) -> Path:
        """Where systemd looks for what an administrator has installed."""
        return self.at("/etc/systemd/system")

    @property
    def users(self) -> Path:
        """Which users there are to be."""
        return self.at("/etc/sysusers.d/gesturesynth.conf")

    @property
    def rules(self) -> Path:
        """What udev is to do about cameras."""
        return self.at("/etc/udev/rules.d/70-gesturesynth.rules")

    @property
    def profile(self) -> Path:
        """What AppArmor is to allow."""
        return self.at("/etc/apparmor.d/gesturesynth")

    @property
    def config(self) -> Path:
        """Settings and presets of one's own."""
        return self.at("/etc/gesturesynth")

    @property
    def state(self) -> Path:
        """What was taught."""
        return self.at("/var/lib/gesturesynth")

    @property
    def cache(self) -> Path:
        """The pose model."""
        return self.at("/var/cache/gesturesynth")

    def network_words(self, process: str) -> Path:
        """What a process may reach on the network besides what its unit says."""
        return self.units / f"{unit(process)}.d" / "50-network.conf"
