"""From inside each sandbox: what a stranger who got in there could do, and above all what not.

The probe runs as the unit itself: its user, its namespaces, its filters; only the program is another one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_for
from tests.system import probe
from tests.system.installation import (
    ACTION_KEYS,
    ACTIONS,
    CONDUCTOR,
    ENGINE,
    JACKD,
    KEYPAD,
    LIGHT,
    MIDI,
    OPTIONAL,
    PAGE,
    POSE_SERVER,
    PROCESSES,
    TRACKER,
    Installation,
)
from tests.system.machine import SHARED_AT, Disk, Machine, TemporaryDisk

DEVICES = {
    "/dev/video7": (81, 7),
    "/dev/snd/pcmC7D0p": (116, 240),
    "/dev/input/event7": (13, 71),
    "/dev/uinput": (10, 223),
}
"""A camera, a sound card, a keyboard, and what makes virtual ones, without anything behind them: what has to be refused
is there to be refused. The numbers are those of linux/Documentation/admin-guide/devices.txt."""

NOTHING_BEHIND_IT = {"ENXIO", "ENODEV"}
"""The error for a process that may open such a device."""

STATE = "/var/lib/gesturesynth"
RUNTIME = "/run/gesturesynth"
CACHE = "/var/cache/gesturesynth"
PROBE = f"""\
[Service]
Type=exec
WatchdogSec=0
Restart=no
StandardOutput=truncate:{SHARED_AT}/told-%n
UnsetEnvironment=LD_PRELOAD
ExecStartPre=
ExecStartPost=
ExecStart=
ExecStart=/usr/bin/python3 {SHARED_AT}/probe.py {STATE} {RUNTIME}/conductor
"""
"""What the unit runs instead. systemd itself opens the file for its output, outside of the sandbox: jackd says so much
about xruns that the journal drops what follows."""

Told = dict[str, Any]


@pytest.fixture(scope="module")
def told(ground: Disk) -> Iterator[dict[str, Told]]:
    """The results of the probe in each sandbox, while the others work."""
    with TemporaryDisk(ground) as disk, Installation(disk) as installation:
        installation.wait_until_playing()
        machine = installation.machine
        for path, (major, minor) in DEVICES.items():
            machine.run("mkdir", "-p", str(Path(path).parent))
            machine.run("mknod", "-m", "666", path, "c", str(major), str(minor))
        shutil.copy(probe.__file__, machine.shared / "probe.py")
        free = unconfined(machine)
        # The conductor first, while there are others whose doings it could look at.
        units = (CONDUCTOR, TRACKER, ENGINE, KEYPAD, PAGE, JACKD, *OPTIONAL)
        yield {unit: probed(machine, unit) for unit in units} | {"": free}


def probed(machine: Machine, unit: str) -> Told:
    folder = machine.root / "run/systemd/system" / f"{unit}.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "zz-probe.conf").write_text(PROBE)
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", unit)
    wait_for(lambda: machine.show(unit, "ActiveState")["ActiveState"] in ("inactive", "failed"), "the probe to end", 60)
    answer: Told = json.loads((machine.shared / f"told-{unit}").read_text(encoding="utf-8"))
    return answer


def unconfined(machine: Machine) -> Told:
    answer: Told = json.loads(machine.run("/usr/bin/python3", f"{SHARED_AT}/probe.py", STATE).stdout)
    return answer


def test_without_a_sandbox_all_of_it_can_be_done(told: dict[str, Told]) -> None:
    free = told[""]
    assert free["families"]["AF_INET"] == free["here"] == free["elsewhere"] == free["files"][STATE] == probe.DONE
    assert all(free["devices"][path] in NOTHING_BEHIND_IT for path in DEVICES), free["devices"]
    assert free["namespace"] == probe.DONE
    assert free["strangers"]
    assert "/etc" in free["writable"]


@pytest.mark.parametrize("unit", [TRACKER, ENGINE, KEYPAD, JACKD, MIDI, ACTION_KEYS])
def test_who_has_a_device_can_open_no_socket_to_anywhere(told: dict[str, Told], unit: str) -> None:
    inside = told[unit]
    assert probe.DONE not in inside["families"].values(), inside["families"]
    assert probe.DONE not in (inside["here"], inside["elsewhere"])
    assert inside["interfaces"] == ["lo"]


@pytest.mark.parametrize("unit", [CONDUCTOR, PAGE, LIGHT, ACTIONS, POSE_SERVER])
def test_who_has_a_network_reaches_this_computer_and_no_other(told: dict[str, Told], unit: str) -> None:
    inside = told[unit]
    assert inside["here"] == probe.DONE
    assert inside["elsewhere"] != probe.DONE
    assert all(inside["families"][family] != probe.DONE for family in ("AF_PACKET", "AF_NETLINK", "AF_BLUETOOTH"))


@pytest.mark.parametrize(
    ("unit", "own"),
    [
        (CONDUCTOR, None),
        (PAGE, None),
        (TRACKER, "/dev/video7"),
        (ENGINE, "/dev/snd/pcmC7D0p"),
        (JACKD, "/dev/snd/pcmC7D0p"),
        (KEYPAD, "/dev/input/event7"),
        (LIGHT, None),
        (ACTIONS, None),
        (POSE_SERVER, None),
        (MIDI, "/dev/snd/pcmC7D0p"),
        (ACTION_KEYS, "/dev/uinput"),
    ],
)
def test_each_opens_its_own_kind_of_device_and_no_other(told: dict[str, Told], unit: str, own: str | None) -> None:
    devices = told[unit]["devices"]
    assert devices["/dev/null"] == probe.DONE
    for path in DEVICES:
        if path == own:
            assert devices[path] in NOTHING_BEHIND_IT, f"it must reach {path}: {devices}"
        else:
            assert devices[path] in {"EPERM", "EACCES", "ENOENT"}, devices


@pytest.mark.parametrize("unit", [*PROCESSES, KEYPAD, PAGE, JACKD, *OPTIONAL])
def test_each_service_can_write_only_in_its_own_folders(told: dict[str, Told], unit: str) -> None:
    process = unit.removeprefix("gesturesynth-").removesuffix(".service")
    own = {f"{RUNTIME}/{process}", "/tmp", "/var/tmp", "/dev/mqueue"}  # the last three are private to each
    own |= {CONDUCTOR: {STATE, f"{CACHE}/conductor"}, TRACKER: {f"{CACHE}/tracker"}, PAGE: {f"{STATE}-page"}}.get(
        unit, set()
    )
    if unit in (ENGINE, JACKD):
        own |= {"/dev/shm"}  # where JACK lives
    assert set(told[unit]["writable"]) <= own


@pytest.mark.parametrize("unit", [TRACKER, ENGINE, KEYPAD, PAGE, JACKD, *OPTIONAL])
def test_only_the_conductor_can_read_the_examples(told: dict[str, Told], unit: str) -> None:
    assert told[unit]["files"][STATE] != probe.DONE
    assert told[CONDUCTOR]["files"][STATE] == probe.DONE


@pytest.mark.parametrize("unit", [*PROCESSES, KEYPAD, PAGE, JACKD, *OPTIONAL])
def test_no_service_can_inspect_another_process_or_gain_rights(told: dict[str, Told], unit: str) -> None:
    """So no process with a network can see a frame: frames are in the tracker's memory, and nowhere else."""
    inside = told[unit]
    assert inside["strangers"] == []
    assert inside["namespace"] != probe.DONE
    assert inside["capabilities"] == ["0" * 16]
