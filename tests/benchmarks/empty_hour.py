"""`python -m tests.benchmarks.empty_hour`: what all processes take during an hour in front of an empty room.

The camera is a virtual one (640x480, 30 frames a second) that shows real footage without a person; the sound goes to
the `null` backend. Once a minute /proc is read for each process. Where the machine has a power meter
(/sys/class/powercap), the energy is given as well. Times are processor times, which other work changes little.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import psutil

from gesturesynth.runtime.messages import TrackerStatus
from tests.benchmarks.report import PAGE, number
from tests.benchmarks.setup import footage
from tests.soak.report import machine
from tests.support.app_process import AppProcess
from tests.support.virtual_camera import VirtualCamera

BEGIN: Final = "<!-- measured: empty hour -->"
END: Final = "<!-- end of measured empty hour -->"
POWER: Final = Path("/sys/class/powercap")
ROOM_FRAMES: Final = 300
"""Ten seconds of the room, shown over and over."""
EDGE: Final = 10
"""Minutes of the beginning and of the end that are compared."""
HEAD: Final = (
    "process",
    "processor, % of a core",
    "first 10 min",
    "last 10 min",
    "RSS, MB, after 5 min",
    "at the end",
    "wake-ups a second",
    "page faults a minute",
    "from disk, in all",
    "restarts",
)
_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")


class Reading(msgspec.Struct, frozen=True):
    """What /proc says of a process at one moment.

    Attributes:
        name: of the process; `pid` its id.
        time_s: monotonic, seconds.
        processor_s: used since it began, by all its threads, seconds.
        rss_mb: resident memory, 1e6 bytes.
        minor_faults, major_faults: page faults since it began, without and with a look at the disk.
        wakeups: how often its threads that live now have begun to run after they had waited.
        threads, files: how many it has now.
    """

    name: str
    pid: int
    time_s: float
    processor_s: float
    rss_mb: float
    minor_faults: int
    major_faults: int
    wakeups: int
    threads: int
    files: int


class Hour(msgspec.Struct):
    """All readings. `people`: the most persons a status told of; `joules`: energy, None without a meter."""

    readings: list[Reading] = []
    people: int = 0
    joules: float | None = None
    warnings: list[str] = []


def read(name: str, pid: int, now_s: float, proc: Path = Path("/proc")) -> Reading:
    """Reads /proc. Raises OSError when the process has ended."""
    folder = proc / str(pid)
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    # proc(5): the first of these is the third field, `state`; 8 minflt, 10 majflt, 12 utime, 13 stime, 18 num_threads.
    minor, major, user, system, threads = (int(fields[place]) for place in (7, 9, 11, 12, 17))
    status = (folder / "status").read_text()
    resident = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    wakeups = 0
    for task in (folder / "task").iterdir():
        if found := re.search(r"^voluntary_ctxt_switches:\s+(\d+)$", (task / "status").read_text(), re.MULTILINE):
            wakeups += int(found[1])
    return Reading(
        name,
        pid,
        now_s,
        (user + system) * _TICK_S,
        int(resident[1]) * 1024 / 1e6 if resident else 0.0,
        minor,
        major,
        wakeups,
        threads,
        len(list((folder / "fd").iterdir())),
    )


def energy_j(folder: Path = POWER) -> float | None:
    """What all packages have used since some moment, joules; None where nothing can be read."""
    meters = sorted(folder.glob("*:[0-9]*/energy_uj"))
    try:
        packages = [int(meter.read_text()) for meter in meters if meter.parent.name.count(":") == 1]
    except (OSError, ValueError):
        return None
    return sum(packages) / 1e6 if packages else None


def rows(hour: Hour) -> list[tuple[str, ...]]:
    """A row for each process, and one for all."""
    names = list(dict.fromkeys(reading.name for reading in hour.readings))
    made: list[tuple[str, ...]] = []
    sums = [0.0] * 6
    for name in names:
        own = [reading for reading in hour.readings if reading.name == name]
        last = [reading for reading in own if reading.pid == own[-1].pid]
        restarts = len({reading.pid for reading in own}) - 1
        edge = min(EDGE, max(1, (len(last) - 1) // 2))
        shares = [_share(last), _share(last[: edge + 1]), _share(last[-edge - 1 :])]
        memory = [last[min(5, len(last) - 1)].rss_mb, last[-1].rss_mb]
        passed_s = max(1e-9, last[-1].time_s - last[0].time_s)
        wakeups = (last[-1].wakeups - last[0].wakeups) / passed_s
        minor = 60 * (last[-1].minor_faults - last[0].minor_faults) / passed_s
        major = last[-1].major_faults - last[0].major_faults
        sums = [total + part for total, part in zip(sums, [*shares, *memory, wakeups], strict=True)]
        values = [*shares, *memory, wakeups, minor]
        made.append((name, *map(number, values), str(major), str(restarts)))
    made.append(("all", *map(number, sums), "", "", ""))
    return made


def _share(readings: Sequence[Reading]) -> float:
    passed_s = readings[-1].time_s - readings[0].time_s
    return 100 * (readings[-1].processor_s - readings[0].processor_s) / max(1e-9, passed_s)


def sentences(hour: Hour) -> str:
    """How long, whether a person was seen, and what is known of the power."""
    minutes = (hour.readings[-1].time_s - hour.readings[0].time_s) / 60
    seen = f"{hour.people} persons were found" if hour.people else "no person was found"
    power = (
        "there is no power meter in this machine"
        if hour.joules is None
        else f"the processor's packages used {hour.joules / max(1e-9, minutes * 60):.1f} W, with all else that ran"
    )
    said = "nothing was logged as a warning" if not hour.warnings else f"warnings: {'; '.join(hour.warnings)}"
    return f"{minutes:.0f} minutes; {seen}; {said}; {power}"


def block(hour: Hour, when: datetime) -> str:
    """What stands on the page between the markers, with them."""
    lines = [HEAD, ("---", *["--:"] * (len(HEAD) - 1)), *rows(hour)]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{BEGIN}\nMeasured on {when:%Y-%m-%d}: {machine()}. {sentences(hour).capitalize()}.\n\n{table}\n{END}"


def renewed(page: str, new: str) -> str:
    """The page with its block replaced. Raises ValueError when it has none."""
    begin, found_begin, rest = page.partition(BEGIN)
    _, found_end, end = rest.partition(END)
    if not (found_begin and found_end):
        raise ValueError(f"there is no block between '{BEGIN}' and '{END}'")
    return begin + new + end


def watch(running: AppProcess, minutes: float, data: Path | None, every_s: float = 60.0) -> Hour:
    """Reads every process once a minute; what is read is written to `data` at once."""
    hour = Hour()
    energy = energy_j()
    begun_s = time.monotonic()
    statuses = running.listen(TrackerStatus)
    for turn in range(round(minutes * 60 / every_s) + 1):
        while (left_s := begun_s + turn * every_s - time.monotonic()) > 0:
            time.sleep(min(left_s, 5.0))
            hour.people = max([hour.people, *(status.people for status in statuses.fetch())])
            statuses.messages.clear()
        for pid in sorted(running.find_processes()):
            try:
                hour.readings.append(read(_name(pid), pid, time.monotonic()))
            except (OSError, psutil.NoSuchProcess):
                continue  # it has just ended; the one in its place is read next time
        if data:
            data.write_bytes(msgspec.json.encode(hour))
    now = energy_j()
    hour.joules = None if energy is None or now is None else now - energy
    hour.warnings = sorted({line["event"] for line in running.log() if line["level"] in ("warning", "error")})
    return hour


def _name(pid: int) -> str:
    words = psutil.Process(pid).cmdline()
    known = ("run", "tracker", "conductor", "engine", "page", "keypad")
    return next((word.replace("run", "supervisor") for word in words if word in known), words[-1] if words else "?")


def main(text: list[str] | None = None) -> int:
    """Parses the command line, watches, reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.empty_hour", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--data", type=Path, metavar="FILE", help="write all readings, as JSON, each minute")
    parser.add_argument("--page", action="store_true", help=f"renew the table of {PAGE.name}")
    flags = parser.parse_args(text)
    with tempfile.TemporaryDirectory(prefix="gs-room-") as folder:
        camera = VirtualCamera(Path(folder) / "camera", footage("statue"), frames=ROOM_FRAMES)
        environment = dict(os.environ) | camera.environment
        where = ("--source", camera.device, "--audio", "null", "--page-port=0")
        with AppProcess(*where, environment=environment) as running:
            running.wait_until_playing()
            hour = watch(running, flags.minutes, flags.data)
    made = block(hour, datetime.now(tz=UTC))
    print(made)
    if flags.page:
        PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
