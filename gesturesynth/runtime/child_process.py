"""What the supervisor knows about one process that it has started: how to start it, and its state."""

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
        name: shown to people; also the name of its socket.
        command: program and arguments.
        watchdog_s: seconds without a heart-beat after which it counts as hung.
    """

    name: str
    command: Sequence[str]
    watchdog_s: float


@dataclass
class Child:
    """What the supervisor knows about one process.

    Attributes:
        spec: how to start it.
        process: the running process; None while there is none.
        ready: it has said READY since it was started; `ever_ready` whether it ever has.
        killed: it was sent SIGKILL and has not ended yet.
        watchdog_s: as specified, or as it has asked for since; seconds.
        started_s: monotonic time of its last start; `last_beat_s` of its newest notification; `next_start_s` of the
            next start.
        failures: how often it ended since it was last healthy; `restarts` how often it was started again in all.
        last_end: how its last run ended, as the supervisor saw it; a part of a sentence.
        status: its own status, one line.
        exit_code: of its last run, negative for a signal; None while it runs.
        pipe: its standard error; `output` parses what is read from it.
        notify: the socket that it sends notifications to.
    """

    spec: ChildSpec
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    ever_ready: bool = False
    killed: bool = False
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
