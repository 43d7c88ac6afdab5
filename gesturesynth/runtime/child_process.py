"""What the supervisor knows about one process that it has started: how to start it, and how it does."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

from gesturesynth.runtime.child_output import ChildOutput


@dataclass(frozen=True)
class ChildSpec:
    """How to start one process.

    Attributes:
        name: for people and for its socket.
        command: program and arguments.
        watchdog_s: without a heart-beat for so long it is taken for hung.
    """

    name: str
    command: Sequence[str]
    watchdog_s: float


@dataclass
class Child:
    """What the supervisor knows about one process.

    Attributes:
        ready: it does its work; `ever_ready` whether it ever did, in any of its lives.
        condemned: it was sent SIGKILL and has not ended yet.
        watchdog_s: as specified, or as it has asked for since.
        failures: since it was last healthy; `restarts` counts them all.
        last_end: how its last life ended, as seen from here.
        status: the child's own one-line word.
        pipe: its standard error, and `words` what comes out of it.
    """

    spec: ChildSpec
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    ever_ready: bool = False
    kill_reason: bool = False
    watchdog_s: float = 0.0
    started_s: float = 0.0
    last_beat_s: float = 0.0
    next_start_s: float = 0.0
    failures: int = 0
    restarts: int = 0
    last_end: str = ""
    status: str = ""
    exit_code: int | None = None
    pipe: IO[bytes] | None = None
    output: ChildOutput = field(default_factory=lambda: ChildOutput(0.0))
    notify: socket.socket | None = None
