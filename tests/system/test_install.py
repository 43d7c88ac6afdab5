"""`gesturesynth service ...` on a running installation: again, a newer version, and away; what was taught stays."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gesturesynth.runtime.messages import ConductorStatus
from tests.system.installation import (
    INSTALLER,
    INSTALLING_S,
    JACKD,
    KEYPAD,
    PAGE,
    PROCESSES,
    Installation,
    run_installer,
)
from tests.system.machine import CHECKOUT, SHARED_AT, Disk, TemporaryDisk

STATE = "/var/lib/gesturesynth"


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
    for unit in (*PROCESSES, KEYPAD, PAGE, JACKD):
        assert machine.show(unit, "LoadState") == {"LoadState": "not-found"}
    left = [one.cmdline() for one in psutil.Process(machine.pid).children(recursive=True)]
    assert not [text for text in left if any("/opt/gesturesynth" in word for word in text)]
    assert "gesturesynth" not in machine.run("ls", "/opt").stdout
    assert machine.run("ls", "/etc/gesturesynth").stdout.split() == ["gesturesynth.yaml", "jack.env", "presets"]
    kept = machine.run(
        *("env", f"GESTURESYNTH_STATE_DIR={STATE}", "GESTURESYNTH_CONFIG_DIR=/etc/gesturesynth", str(INSTALLER)),
        *("examples", "list", "--preset", "steady", "--json"),
    )
    assert json.loads(kept.stdout) == takes
