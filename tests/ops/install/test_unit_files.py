"""The units, scripts and rules in systemd/: whole, consistent with the program, and closed. Running: tests/system."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from gesturesynth.cli.app import app
from gesturesynth.core import paths
from gesturesynth.ops.install.layout import (
    ACTION_KEYS,
    ACTIONS,
    ASKED_FOR,
    GROUP,
    JACKD,
    LIGHT,
    MIDI,
    OPTIONAL,
    POSE_SERVER,
    PROCESSES,
    TARGET,
    UNITS,
    USERS,
    Layout,
    parts_dir,
    unit,
)
from gesturesynth.runtime import service

VERBS = (*PROCESSES, *ASKED_FOR)
SERVICES = [unit(process) for process in (*PROCESSES, *OPTIONAL)]
OURS = [unit(process) for process in VERBS]
MOST_EXPOSED = 15
"""Tenths, as `systemd-analyze security` has it; without a sandbox it is 96."""
LEAST_PATIENCE_S = 1.5
"""Beats come at a quarter of the watchdog's interval; a busy computer may miss some."""


def settings_of(name: str) -> dict[str, list[str]]:
    """Every key of a unit with its values, in their order, sections aside."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in (parts_dir() / name).read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[key].append(value)
    return found


def environment(name: str) -> dict[str, str]:
    return dict(one.split("=", 1) for value in settings_of(name)["Environment"] for one in value.split())


def users_and_groups() -> tuple[dict[str, set[str]], set[str]]:
    """The users of sysusers.conf with their groups, and its groups."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    groups: set[str] = set()
    for line in (parts_dir() / "sysusers.conf").read_text(encoding="utf-8").splitlines():
        kind, name, *rest = line.split() or ["#", ""]
        if kind == "u":
            users[name].add(name)
        elif kind == "g":
            groups.add(name)
        elif kind == "m":
            users[name].add(rest[0])
    return users, groups


@pytest.fixture(scope="module")
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    assert found, "systemd-analyze is missing; .ci/setup test installs it"
    return found


def test_every_part_is_shipped() -> None:
    names = {path.name for path in parts_dir().iterdir()}
    assert names >= {*UNITS, "pace", "launcher", "sysusers.conf", "apparmor-gesturesynth", Layout().rules.name}
    for script in ("pace", "launcher"):
        assert os.access(parts_dir() / script, os.X_OK)


def test_systemd_understands_every_unit(analyze: str) -> None:
    files = [str(parts_dir() / name) for name in UNITS]
    done = subprocess.run(
        [analyze, "verify", "--man=no", *files], capture_output=True, text=True, check=False, timeout=60
    )
    # What they start is at its place only where the service is installed.
    said = [line for line in done.stderr.splitlines() if "/opt/gesturesynth/current/" not in line]
    assert said == [], done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_hardly_exposed(name: str, analyze: str) -> None:
    command = [analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(parts_dir() / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


@pytest.mark.parametrize("process", VERBS)
def test_a_unit_starts_a_verb_that_there_is(process: str) -> None:
    assert settings_of(unit(process))["ExecStart"] == [f"/opt/gesturesynth/current/bin/gesturesynth {process}"]
    assert process in set(app)
    assert Layout().current == Path("/opt/gesturesynth/current")


@pytest.mark.parametrize("process", VERBS)
def test_a_process_finds_its_folders_where_the_unit_makes_them(process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = unit(process)
    for variable, value in environment(name).items():
        monkeypatch.setenv(variable, value)
    layout = Layout()
    state = layout.page_state if process == "page" else layout.state
    assert (paths.config_dir(), paths.state_dir(), paths.cache_dir()) == (layout.config, state, layout.cache)
    assert paths.config_dir() == paths.SYSTEM_CONFIG
    assert paths.runtime_dir() == paths.SYSTEM_RUNTIME
    assert settings_of(name)["RuntimeDirectory"] == [f"gesturesynth/{process}"]
    assert settings_of(name)["RuntimeDirectoryMode"] == ["0750"]
    assert settings_of(name)["UMask"] == ["0007"]
    if process in {"conductor", "page"}:
        assert settings_of(name)["StateDirectory"] == [state.name]


def test_every_user_is_made_and_every_process_has_one_of_its_own() -> None:
    users, groups = users_and_groups()
    assert set(users) == set(USERS)
    of = {name: settings_of(name)["User"][0] for name in SERVICES}
    assert len({of[name] for name in OURS}) == len(OURS)
    for name in SERVICES:
        requested = settings_of(name)
        assert requested["Group"] == [GROUP]
        assert GROUP in users[of[name]]
        for group in requested["SupplementaryGroups"]:
            assert group in groups
            assert group in users[of[name]]


def test_the_target_brings_up_what_there_is_and_each_goes_with_it() -> None:
    assert settings_of(TARGET)["Wants"] == [
        " ".join([unit(p) for p in ("tracker", "conductor", "engine", "keypad", "page")])
    ]
    for name in SERVICES:
        assert TARGET in settings_of(name)["PartOf"][0].split()
        assert TARGET in settings_of(name)["After"][0].split()
    assert unit(JACKD) in settings_of(unit("engine"))["After"][0].split()
    assert unit("engine") in settings_of(unit(JACKD))["PartOf"][0].split()
    for optional in OPTIONAL:
        assert settings_of(unit(optional))["WantedBy"] == [TARGET]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_started_for_ever_and_stops_soon(name: str) -> None:
    requested = settings_of(name)
    assert requested["Restart"] == ["always"]
    assert requested["StartLimitIntervalSec"] == ["0"]
    assert float(requested["TimeoutStopSec"][0]) < 5
    if name in OURS:
        assert requested["Type"] == ["notify"]
        assert float(requested["WatchdogSec"][0]) >= LEAST_PATIENCE_S
        assert requested["RuntimeDirectoryPreserve"] == ["restart"], "or the count of failures would begin again"


def test_only_what_talks_to_others_has_a_network_and_only_that_has_no_device() -> None:
    devices = {"tracker": ["char-81 rw"], "engine": ["char-116 rw"], JACKD: ["char-116 rw"], "keypad": ["char-13 r"]}
    devices |= {ACTION_KEYS: ["/dev/uinput rw"], MIDI: ["char-116 rw"]}
    for process in (*PROCESSES, *OPTIONAL):
        requested = settings_of(unit(process))
        assert requested["DevicePolicy"] == ["closed"]
        assert requested["DeviceAllow"] == devices.get(process, [])
        assert requested["IPAddressDeny"] == ["any"]
        alone = process not in {"conductor", "page", POSE_SERVER, ACTIONS, LIGHT}
        assert requested["PrivateNetwork"] == (["yes"] if alone else [])
        assert requested["RestrictAddressFamilies"] == [
            "AF_UNIX" if alone else "AF_UNIX AF_INET" if process == LIGHT else "AF_UNIX AF_INET AF_INET6"
        ]
        assert requested["IPAddressAllow"] == ([] if alone else ["localhost"])
        assert requested["PrivateDevices"] == ([] if alone else ["yes"])


# ---------------------------------------------------------------------------------------------------------------- pace
@pytest.fixture
def paced(tmp_path: Path) -> list[str | Path]:
    """A command that starts `pace` with a fake `sleep`, which writes down for how long instead of doing it."""
    fakes = tmp_path / "fakes"
    fakes.mkdir()
    (fakes / "sleep").write_text(f'#!/bin/sh\necho "$1" >>{tmp_path}/waits\n')
    (fakes / "sleep").chmod(0o755)
    return ["env", f"PATH={fakes}:/usr/bin:/bin", f"RUNTIME_DIRECTORY={tmp_path}", parts_dir() / "pace"]


def waits(paced: list[str | Path], folder: Path, starts: int) -> list[int]:
    for _ in range(starts):
        subprocess.run(paced, check=True, timeout=20, capture_output=True)
    told = [int(line) for line in (folder / "waits").read_text().split()]
    (folder / "waits").unlink()
    return told


def test_starts_are_paced_ever_more_slowly_and_never_end(paced: list[str | Path], tmp_path: Path) -> None:
    assert waits(paced, tmp_path, 10) == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    (tmp_path / service.FAILURES).write_text("4000\n")
    assert waits(paced, tmp_path, 1) == [60]


def test_ten_good_seconds_clear_the_count(
    paced: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert waits(paced, tmp_path, 4)[-1] == 2
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    service._clear_failures()
    assert waits(paced, tmp_path, 1) == [0]


@pytest.mark.parametrize("what", ["", "many\n", "-3\n", "99999999999\n", "1; reboot\n"])
def test_a_count_that_is_none_holds_nothing_up(what: str, paced: list[str | Path], tmp_path: Path) -> None:
    (tmp_path / service.FAILURES).write_text(what)
    assert waits(paced, tmp_path, 3) == [0, 0, 1]


def test_the_longest_wait_fits_into_the_time_to_start() -> None:
    for name in OURS:
        assert float(settings_of(name)["TimeoutStartSec"][0]) > 60
        assert settings_of(name)["ExecStartPre"] == ["/opt/gesturesynth/current/libexec/pace"]
