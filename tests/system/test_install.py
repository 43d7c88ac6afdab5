"""`gesturesynth service ...` on a running installation: again, a newer version, and away; what was taught stays."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from gesturesynth.runtime.messages import ConductorStatus
from tests.support.waiting import wait_for
from tests.system.boot import UNITS_AT
from tests.system.installation import (
    ACTION_KEYS,
    ACTIONS,
    CONDUCTOR,
    INSTALLER,
    INSTALLING_S,
    JACKD,
    KEYPAD,
    LIGHT,
    MIDI,
    OPTIONAL,
    PAGE,
    PIECES,
    POSE_SERVER,
    PROCESSES,
    TRACKER,
    Installation,
    piece,
    run_installer,
    write,
)
from tests.system.machine import CHECKOUT, SHARED_AT, Disk, TemporaryDisk

STATE = "/var/lib/gesturesynth"
SETTINGS = "/etc/gesturesynth/gesturesynth.yaml"
RUNNING = {
    MIDI: "gesturesynth-midi",
    LIGHT: "gesturesynth-light",
    ACTIONS: "gesturesynth-actions",
    ACTION_KEYS: "gesturesynth-keys",
}
"""The optional units that `ALL_ON` asks for, and the user of each."""
ALL_ON = """
midi: {enabled: true}
light: {enabled: true}
actions: {enabled: true, http: ["http://192.0.2.7/lamp/"], keys: [RIGHT]}
page: {enabled: false}
oscquery: {without_page: true}
osc: {host: 0.0.0.0, allow: [192.0.2.20]}
"""
DRIVING = """
light: {front: {channel: 1, level: right_wrist.height}}
midi: {controls: [{from: pitch, number: 20}]}
actions:
  comes: {when: person.comes, osc: {port: 7000, address: /comes}}
  page: {when: person.comes, key: RIGHT}
"""
"""What a piece asks of these processes."""
NO_RIGHTS = {"CapInh": "0" * 16, "CapPrm": "0" * 16, "CapEff": "0" * 16, "CapBnd": "0" * 16, "CapAmb": "0" * 16}


@pytest.fixture(scope="module")
def installation(ground: Disk) -> Iterator[Installation]:
    with TemporaryDisk(ground) as disk, Installation(disk, at_home=True) as made:
        made.wait_until_playing()
        made.teach(1)
        made.teach(2)
        yield made


def program(installation: Installation) -> str:
    return installation.machine.run("readlink", "-f", "/opt/gesturesynth/current").stdout.strip()


def newer_version(folder: Path) -> None:
    """A checkout that is a little further."""
    for name in ("gesturesynth", "presets", "systemd"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "gesturesynth" / "core" / "errors.py").open("a") as file:
        file.write("\n# a newer version\n")


def test_to_install_it_again_changes_nothing(installation: Installation) -> None:
    pids, before = installation.pids(), program(installation)
    text = run_installer(installation.machine, "install")
    changes = [line for line in text.splitlines() if not line.startswith(("as it was", "note", "done"))]
    assert changes == [], text
    assert (installation.pids(), program(installation)) == (pids, before)


@pytest.fixture(scope="module")
def all_on(installation: Installation) -> Installation:
    """From now on the settings ask for all optional processes but the pose server, and the piece uses them."""
    settings = (installation.machine.root / SETTINGS.lstrip("/")).read_text(encoding="utf-8")
    write(installation.machine, SETTINGS, settings + ALL_ON)
    write(installation.machine, f"{PIECES}/steady.yaml", piece() + DRIVING)
    run_installer(installation.machine, "install")
    return installation


def test_what_the_settings_switch_on_is_installed_and_runs_in_its_sandbox(all_on: Installation) -> None:
    machine = all_on.machine
    for unit, user in RUNNING.items():
        shown = machine.show(unit, "ActiveState", "UnitFileState", "NRestarts")
        assert shown == {"ActiveState": "active", "UnitFileState": "enabled", "NRestarts": "0"}, unit
        inside = dict(
            line.split(":\t", 1)
            for line in machine.run("cat", f"/proc/{machine.main_pid(unit)}/status").stdout.splitlines()
        )
        assert set(inside["Uid"].split()) == {machine.run("id", "-u", user).stdout.strip()}, unit
        assert NO_RIGHTS.items() <= inside.items(), unit
        assert (inside["NoNewPrivs"], inside["Seccomp"]) == ("1", "2"), unit
    assert machine.show(POSE_SERVER, "ActiveState", "UnitFileState") == {
        "ActiveState": "inactive",
        "UnitFileState": "disabled",
    }
    assert drop_in(all_on, ACTIONS) == ["IPAddressAllow=192.0.2.7"]
    assert drop_in(all_on, LIGHT) == drop_in(all_on, MIDI) == drop_in(all_on, ACTION_KEYS) == []


def drop_in(installation: Installation, unit: str) -> list[str]:
    """What of the network it has beyond its unit."""
    file = installation.machine.root / f"{UNITS_AT}/{unit}.d/50-network.conf".lstrip("/")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line for line in lines if not line.startswith(("#", "["))]


def test_the_conductor_reaches_each_of_them_through_its_sandbox(all_on: Installation) -> None:
    """What is missing in this machine, a sequencer and virtual keyboards, is said, and ends nothing."""
    wanted = {LIGHT: "1 lamp,", ACTIONS: "1 action,", MIDI: "sequencer", ACTION_KEYS: "/dev/uinput"}
    for unit, part in wanted.items():
        wait_for(partial(says, all_on, unit, part), f"{unit} to say '{part}'")


def says(installation: Installation, unit: str, part: str) -> bool:
    return part in installation.machine.show(unit, "StatusText")["StatusText"]


def test_without_a_page_its_unit_answers_which_osc_addresses_there_are(all_on: Installation) -> None:
    ask = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:9471/?HOST_INFO').read().decode())"
    answer = json.loads(all_on.machine.run("/opt/gesturesynth/current/bin/python", "-c", ask).stdout)
    assert answer["OSC_TRANSPORT"] == "UDP"
    assert drop_in(all_on, PAGE) == ["IPAddressAllow=192.0.2.20/32", "IPAddressAllow=224.0.0.251/32"]
    assert drop_in(all_on, CONDUCTOR) == ["IPAddressAllow=192.0.2.20/32"]


def test_each_of_them_is_started_again_alone_when_it_is_killed(all_on: Installation) -> None:
    machine, others = all_on.machine, all_on.pids()
    killed = {unit: machine.main_pid(unit) for unit in RUNNING}
    for unit in RUNNING:
        machine.signal(unit, signal.SIGKILL)
    for unit, pid in killed.items():
        wait_for(partial(lives_again, all_on, unit, pid), f"{unit} to be started again")
    assert all_on.pids() == others


def lives_again(installation: Installation, unit: str, before: int) -> bool:
    shown = installation.machine.show(unit, "ActiveState", "MainPID")
    return shown["ActiveState"] == "active" and shown["MainPID"] not in ("0", str(before))


def test_a_newer_version_takes_over_and_keeps_the_examples(installation: Installation) -> None:
    pids, before, takes = installation.pids(), program(installation), installation.takes()
    assert len(takes) == 2
    newer_version(installation.machine.shared / "newer")
    begin_s = time.monotonic()
    installation.machine.run(
        *("env", f"PYTHONPATH={SHARED_AT}/newer", str(INSTALLER.with_name("python")), "-m", "gesturesynth"),
        *("service", "install"),
        limit_s=INSTALLING_S,
    )
    assert program(installation) != before
    assert installation.machine.run("tail", "-1", *_errors_files(installation)).stdout == "# a newer version\n"
    after = installation.pids()
    assert all(after[unit] not in (0, pids[unit]) for unit in PROCESSES), "all play from the newer version"
    assert installation.takes() == takes
    installation.until(
        ConductorStatus, lambda status: status.present and sum(status.session.takes.values()) == 2, "them to be played"
    )
    installation.wait_for_sound(begin_s + 1)


def _errors_files(installation: Installation) -> list[str]:
    found = installation.machine.run(
        "find", program(installation), "-path", "*/gesturesynth/core/errors.py"
    ).stdout.split()
    assert len(found) == 1
    return found


def test_when_it_is_removed_settings_and_what_was_taught_stay(installation: Installation) -> None:
    """The last test on this machine."""
    takes = installation.takes()
    run_installer(installation.machine, "uninstall")
    machine = installation.machine
    for unit in (*PROCESSES, KEYPAD, PAGE, JACKD, *OPTIONAL):
        assert machine.show(unit, "LoadState") == {"LoadState": "not-found"}
    left_files = machine.run("find", UNITS_AT, "-name", "gesturesynth*").stdout.split()
    assert [Path(path).name for path in left_files if TRACKER not in path] == [], "but for the drop-in of this test"
    left = [one.cmdline() for one in psutil.Process(machine.pid).children(recursive=True)]
    assert not [text for text in left if any("/opt/gesturesynth" in word for word in text)]
    assert "gesturesynth" not in machine.run("ls", "/opt").stdout
    assert machine.run("ls", "/etc/gesturesynth").stdout.split() == ["gesturesynth.yaml", "jack.env", "presets"]
    kept = machine.run(
        *("env", f"GESTURESYNTH_STATE_DIR={STATE}", "GESTURESYNTH_CONFIG_DIR=/etc/gesturesynth", str(INSTALLER)),
        *("examples", "list", "--preset", "steady", "--json"),
    )
    assert json.loads(kept.stdout) == takes
