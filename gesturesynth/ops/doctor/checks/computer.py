"""Checks of the computer: processor, memory, groups, clock."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn

MIN_CORES: Final = 2
BUSY_LOAD: Final = 0.7
"""Load for each core while no process of Gesture Synth runs; above it something else keeps the computer busy."""
SELF_SCALING_DRIVERS: Final = ("intel_pstate", "amd-pstate-epp")
"""Drivers that scale the clock rate by themselves, whatever the governor is called."""
NEEDED_MB: Final = 700
"""What all processes together need."""
LOW_MB: Final = 1000
MEGABYTE: Final = 1e6
OLDEST_DATE: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""When this check was written: a clock that shows less is wrong."""
GROUPS: Final = ("audio", "video", "input", "gesturesynth")

_CPUS: Final = Path("/sys/devices/system/cpu")


# ----------------------------------------------------------------------------------------------------------- processor
@dataclass(frozen=True)
class Processor:
    """Facts about the processor.

    Attributes:
        cores: that this process may use.
        load: of the last minute.
        governors, driver: of its clock rate; empty where the system does not tell.
        throttled: how often it was slowed down because it was hot, since the start.
    """

    cores: int
    load: float = 0.0
    governors: Collection[str] = ()
    driver: str = ""
    throttled: int = 0


def check_processor(examination: Examination) -> Finding:
    """Cores, clock rate, heat, and load by other programs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    governors = {name for path in _CPUS.glob("cpu[0-9]*/cpufreq/scaling_governor") if (name := _read(path))}
    throttles = [_read(path) for path in _CPUS.glob("cpu[0-9]*/thermal_throttle/package_throttle_count")]
    processor = Processor(
        cores,
        os.getloadavg()[0],
        governors,
        _read(_CPUS / "cpu0" / "cpufreq" / "scaling_driver"),
        max((int(count) for count in throttles if count.isdecimal()), default=0),
    )
    return judge_processor(processor, playing=examination.health is not None)


def judge_processor(processor: Processor, *, playing: bool) -> Finding:
    """Whether it has time enough for all processes."""
    speed = f", {'/'.join(sorted(processor.governors))} ({processor.driver})" if processor.governors else ""
    findings = [good(f"{processor.cores} core{'s' * (processor.cores != 1)}, load {processor.load:.1f}{speed}")]
    if processor.cores < MIN_CORES:
        findings.append(
            warn("sound and tracking share one core", "Use a computer with two or more, or expect gaps in the sound.")
        )
    if "powersave" in processor.governors and processor.driver not in SELF_SCALING_DRIVERS:
        findings.append(
            warn(
                "it is kept slow", "Choose another governor: echo schedutil | sudo tee .../scaling_governor (cpufreq)."
            )
        )
    if processor.throttled:
        findings.append(
            warn(f"slowed down {processor.throttled} times since the start, as it was hot", "Clean it; give it air.")
        )
    if not playing and processor.load > BUSY_LOAD * processor.cores:
        findings.append(warn("something else keeps it busy", "See what, with top, and end it."))
    return combine(findings)


# -------------------------------------------------------------------------------------------------------------- memory
def check_memory(examination: Examination) -> Finding:
    """How much there is, and how much of it is free."""
    total_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
    free_mb = total_mb
    with suppress(OSError, KeyError, ValueError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        figures = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        free_mb = figures["MemAvailable"] * 1024 / MEGABYTE
    return judge_memory(total_mb, free_mb, playing=examination.health is not None)


def judge_memory(total_mb: float, free_mb: float, *, playing: bool) -> Finding:
    """Whether there is memory enough for all processes."""
    found = f"{free_mb:.0f} of {total_mb:.0f} MB are free"
    if playing:
        return good(found) if free_mb > LOW_MB / 10 else warn(found, "End what else takes memory.")
    if free_mb < NEEDED_MB:
        return fail(f"{found}, and {NEEDED_MB} are needed", "End what takes memory, or add some.")
    return good(found) if free_mb >= LOW_MB else warn(found, f"{NEEDED_MB} are needed: end what takes memory.")


# -------------------------------------------------------------------------------------------------------------- groups
@dataclass(frozen=True)
class DeviceAccess:
    """A device file, its group, and whether this user may use it."""

    path: str
    group: str
    usable: bool


def check_groups(_: Examination) -> Finding:
    """Groups of this user, and the device files that it may use."""
    if sys.platform != "linux":
        return good("this system asks its user instead")
    import grp  # noqa: PLC0415 - not on every system

    def name(number: int) -> str:
        try:
            return grp.getgrgid(number).gr_name
        except KeyError:
            return str(number)

    devices = []
    for pattern in ("video[0-9]*", "snd/pcm*"):
        for path in sorted(Path("/dev").glob(pattern)):
            with suppress(OSError):
                devices.append(DeviceAccess(str(path), name(path.stat().st_gid), os.access(path, os.R_OK | os.W_OK)))
    mine = {name(number) for number in {*os.getgroups(), os.getegid()}}
    return judge_groups(mine, devices, root=os.geteuid() == 0)


def judge_groups(mine: Collection[str], devices: Sequence[DeviceAccess], *, root: bool) -> Finding:
    """Whether this user may use the devices that are plugged in."""
    member = [group for group in GROUPS if group in mine]
    found = (
        "root, who may use everything" if root else f"member of {', '.join(member) or 'none of ' + ', '.join(GROUPS)}"
    )
    forbidden = [device for device in devices if not device.usable]
    if not forbidden:
        return good(f"{found}; {len(devices)} camera and sound device file{'s' * (len(devices) != 1)}")
    groups = ",".join(sorted({device.group for device in forbidden}))
    return warn(
        f"{found}; not for this user: {', '.join(device.path for device in forbidden)}",
        f"sudo usermod -aG {groups} $USER, then log in again. (Who sits at the computer may need no group.)",
    )


# --------------------------------------------------------------------------------------------------------------- clock
Synchronised = Literal["yes", "no", "unknown"]


def check_clock(_: Examination) -> Finding:
    """Date, time zone, and whether a time server sets it."""
    return judge_clock(datetime.now(tz=UTC).astimezone(), time.tzname[0], _synchronised())


def judge_clock(now: datetime, zone: str, synchronised: Synchronised) -> Finding:
    """Whether opening hours and log lines can rely on it."""
    found = f"{now.isoformat(timespec='seconds')}, time zone {zone}"
    advice = "Let it be set: sudo timedatectl set-ntp true, with a network; without one, set it by hand and trust it."
    if now < OLDEST_DATE:
        return fail(f"{found}: that has passed long ago", f"{advice} The battery of its clock may be empty.")
    if synchronised == "no":
        return warn(f"{found}, not set by a time server", advice)
    return good(found + (", set by a time server" if synchronised == "yes" else ""))


class _Timex(ctypes.Structure):
    """The beginning of struct timex (sys/timex.h), and space for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def _synchronised() -> Synchronised:
    """From the kernel: adjtimex(2), with nothing to change."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "adjtimex"):
        return "unknown"
    timex = _Timex()
    state = libc.adjtimex(ctypes.byref(timex))
    if state < 0:
        return "unknown"
    unsynchronised = 0x40  # STA_UNSYNC
    return "no" if timex.status & unsynchronised else "yes"


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
