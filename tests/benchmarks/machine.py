"""The machine that figures were measured on: without it they mean nothing."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Final

import msgspec
import psutil

from tests.support.jack_server import REALTIME_PRIORITY

LIBRARIES: Final = ("mediapipe", "opencv-contrib-python", "numpy", "scikit-learn", "pyo", "pyzmq", "msgspec")
BUSY_LOAD: Final = 0.5
"""Load for each core: above this, other programs are busy."""


class Machine(msgspec.Struct, frozen=True):
    """One machine at one moment.

    Attributes:
        cpu: its model.
        cores: as many as this process may use.
        memory_gb: 1e9 bytes.
        kernel: name and version.
        python: implementation and version.
        versions: of what does the work, by name.
        realtime: JACK and its clients may have realtime priority here, and have it in what follows.
        load: how many processes wanted a core in the last minute, before anything was measured.
    """

    cpu: str
    cores: int
    memory_gb: float
    kernel: str
    python: str
    versions: dict[str, str]
    realtime: bool
    load: float

    @property
    def busy(self) -> bool:
        """Whether other programs are busy: then times are too long, and vary."""
        return self.load > BUSY_LOAD * self.cores

    def lines(self) -> str:
        """For people, one line."""
        audio = "with" if self.realtime else "without"
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return (
            f"{self.cpu}, {self.cores} cores, {self.memory_gb:.1f} GB, {self.kernel}, {self.python}, "
            f"{versions}; audio {audio} realtime priority; load before: {self.load:.2f}"
        )


def describe_machine() -> Machine:
    """This machine now."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=round(psutil.virtual_memory().total / 1e9, 1),
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        versions={name: importlib.metadata.version(name) for name in LIBRARIES},
        realtime=may_be_realtime(),
        load=round(psutil.getloadavg()[0], 2),
    )


@functools.cache
def may_be_realtime() -> bool:
    """Whether processes of this user may have the priority that our JACK unit asks for."""
    text = ["chrt", "--fifo", str(REALTIME_PRIORITY), "true"]
    try:
        return subprocess.run(text, check=False, capture_output=True).returncode == 0
    except OSError:  # no such program, as on a Mac
        return False


def _cpu() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
