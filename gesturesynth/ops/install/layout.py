"""The parts of the system service, and their paths on a computer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import gesturesynth

TARGET: Final = "gesturesynth.target"
PROCESSES: Final = ("tracker", "conductor", "engine", "keypad", "page")
"""Each process has a unit of its own, which the target starts."""
JACKD: Final = "jackd"
"""The optional JACK server, which is enabled separately."""
POSE_SERVER: Final = "pose-server"
ACTIONS: Final = "actions"
ACTION_KEYS: Final = "action-keys"
LIGHT: Final = "light"
MIDI: Final = "midi"
ASKED_FOR: Final = (POSE_SERVER, ACTIONS, ACTION_KEYS, LIGHT, MIDI)
"""Optional processes, which are enabled where the settings ask for them (`settings.asked_for`)."""
OPTIONAL: Final = (JACKD, *ASKED_FOR)

GROUP: Final = "gesturesynth"
USERS: Final = (
    "gesturesynth",
    "gesturesynth-tracker",
    "gesturesynth-engine",
    "gesturesynth-keypad",
    "gesturesynth-page",
    "gesturesynth-poses",
    "gesturesynth-actions",
    "gesturesynth-keys",
    "gesturesynth-light",
    "gesturesynth-midi",
)

MODE: Final = 0o644
PROGRAM_MODE: Final = 0o755


def unit(process: str) -> str:
    """The name of a process's unit."""
    return f"gesturesynth-{process}.service"


UNITS: Final = (TARGET, *map(unit, (*PROCESSES, *OPTIONAL)))


def parts_dir() -> Path:
    """The folder of units, rules and scripts: inside an installed package, or beside the package in a checkout."""
    package = Path(gesturesynth.__file__).parent
    inside = package / "systemd"
    return inside if inside.is_dir() else package.parent / "systemd"


@dataclass(frozen=True)
class Layout:
    """The paths of an installation.

    Attributes:
        root: in front of every path; any other than `/` is for staging: only files are written, nothing is started.
    """

    root: Path = Path("/")

    @property
    def staged(self) -> bool:
        """Whether this is not the computer itself."""
        return self.root != Path("/")

    def at(self, path: str) -> Path:
        """An absolute path, below `root`."""
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
        """The program that a shell finds as `gesturesynth`."""
        return self.at("/usr/local/bin/gesturesynth")

    @property
    def units(self) -> Path:
        """Where systemd looks for units of an administrator."""
        return self.at("/etc/systemd/system")

    @property
    def users(self) -> Path:
        """The users of the services, for systemd-sysusers."""
        return self.at("/etc/sysusers.d/gesturesynth.conf")

    @property
    def rules(self) -> Path:
        """The rules that let udev name cameras."""
        return self.at("/etc/udev/rules.d/70-gesturesynth.rules")

    @property
    def profile(self) -> Path:
        """The profile for AppArmor."""
        return self.at("/etc/apparmor.d/gesturesynth")

    @property
    def config(self) -> Path:
        """The settings, and presets of people."""
        return self.at("/etc/gesturesynth")

    @property
    def state(self) -> Path:
        """The examples, and the state of the conductor."""
        return self.at("/var/lib/gesturesynth")

    @property
    def page_state(self) -> Path:
        """The devices that were paired with the page."""
        return self.at("/var/lib/gesturesynth-page")

    @property
    def cache(self) -> Path:
        """The pose model."""
        return self.at("/var/cache/gesturesynth")

    def network_drop_in(self, process: str) -> Path:
        """The drop-in that allows a process more of the network than its unit does."""
        return self.units / f"{unit(process)}.d" / "50-network.conf"
