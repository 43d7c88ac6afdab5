"""Runs `systemctl` and other programs of the system; an error has the text that they wrote."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.search_paths import SYSTEM_PATH, child_environment, system_program

BOOTED: Final = Path("/run/systemd/system")
"""Exists when systemd is the first process of this computer (sd_booted(3))."""
COMMAND_LIMIT_S: Final = 300.0
"""Longer than any command takes: a start waits for a minute at most."""


@dataclass(frozen=True)
class UnitState:
    """The state of one unit, from systemd.

    Attributes:
        name: of the unit.
        loaded: `loaded`, `not-found`, `masked`, ...
        enabled: `enabled`, `disabled`, `static` (started by its target), ...
        active, sub: `active`/`running`, `activating`/`auto-restart`, `failed`, ...
        pid: of its process; 0 without one.
        restarts: how often systemd has started it again since it was asked to start it.
        since: the wall clock when it became active, as systemd writes it.
        text: the status text that the unit has sent.
    """

    name: str
    loaded: str
    enabled: str
    active: str
    sub: str
    pid: int = 0
    restarts: int = 0
    since: str = ""
    text: str = ""

    @property
    def loadable(self) -> bool:
        """Whether there is such a unit, which can be started."""
        return self.loaded == "loaded"

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> Self:
        """From the properties that `systemctl show` prints."""
        return cls(
            name=facts.get("Id", ""),
            loaded=facts.get("LoadState", ""),
            enabled=facts.get("UnitFileState", ""),
            active=facts.get("ActiveState", ""),
            sub=facts.get("SubState", ""),
            pid=int(facts.get("MainPID") or 0),
            restarts=int(facts.get("NRestarts") or 0),
            since=facts.get("ActiveEnterTimestamp", ""),
            text=facts.get("StatusText", ""),
        )


PROPERTIES: Final = "Id,LoadState,UnitFileState,ActiveState,SubState,MainPID,NRestarts,ActiveEnterTimestamp,StatusText"


def require_systemd() -> None:
    """Raises `UserError` where systemd does not run."""
    if not BOOTED.is_dir() or not system_program("systemctl"):
        raise UserError(
            "systemd does not run this computer, so there can be no system service. `gesturesynth run` plays and "
            "watches its processes everywhere; let it be started by what starts programs here."
        )


def states(units: Sequence[str]) -> list[UnitState]:
    """The states of units, in the given order; also of units that do not exist."""
    shown = systemctl("show", "--property", PROPERTIES, *units)
    return [UnitState.of(facts) for facts in parse_show(shown)]


def parse_show(text: str) -> list[dict[str, str]]:
    """The properties of each unit in the output of `systemctl show`."""
    return [
        dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        for block in text.strip().split("\n\n")
        if block.strip()
    ]


def systemctl(*arguments: str) -> str:
    """Runs `systemctl`; see `run_system_command`."""
    return run_system_command("systemctl", *arguments)


def run_system_command(*command: str) -> str:
    """Runs a program of the system and returns its output.

    Raises:
        GestureSynthError: it failed, with the text that it wrote; or there is no such program.
    """
    program = system_program(command[0])
    if program is None:
        raise GestureSynthError(f"there is no program '{command[0]}' on this computer")
    try:
        done = subprocess.run(
            command,
            executable=program,
            env=child_environment({"PATH": SYSTEM_PATH}),
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GestureSynthError(f"`{' '.join(command)}` did not end within {COMMAND_LIMIT_S:g} s") from error
    if done.returncode:
        text = " ".join((done.stderr or done.stdout).split()) or f"exit code {done.returncode}"
        raise GestureSynthError(f"`{' '.join(command)}` failed: {text}")
    return done.stdout
