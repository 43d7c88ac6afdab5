"""The machines that other tests boot: real, their own, and gone afterwards."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.waiting import wait_for
from tests.system.boot import hierarchies
from tests.system.machine import CHECKOUT, Disk, Machine, TemporaryDisk

HELLO = """\
[Service]
ExecStart=/bin/sh -c 'echo hello; exec sleep 1000'
StateDirectory=hello
Restart=always
[Install]
WantedBy=multi-user.target
"""


@pytest.fixture
def disk() -> Iterator[Disk]:
    with TemporaryDisk() as made:
        yield made


def install_hello(machine: Machine) -> None:
    (machine.shared / "hello.service").write_text(HELLO)
    machine.run("cp", "/srv/hello.service", "/etc/systemd/system/")
    machine.run("systemctl", "enable", "hello.service")


def test_systemd_is_its_first_process_and_starts_nothing_of_the_host_s(disk: Disk) -> None:
    with Machine(disk) as machine:
        assert machine.run("cat", "/proc/1/comm").stdout == "systemd\n"
        listed = machine.run("systemctl", "list-units", "--type=service", "--state=running", "--plain", "--no-legend")
        assert [line.split()[0] for line in listed.stdout.splitlines()] == ["systemd-journald.service"]


def test_what_it_writes_stays_on_its_disk_and_never_reaches_the_host(disk: Disk) -> None:
    with Machine(disk) as machine:
        for folder in ("/etc", "/opt", "/var/lib", "/tmp", "/run", "/dev/shm"):
            machine.run("touch", f"{folder}/a-machine-was-here")
        refused = machine.run("touch", "/usr/a-machine-was-here", check=False)
        assert "Read-only file system" in refused.stderr
    for folder in ("/etc", "/opt", "/var/lib", "/tmp", "/run", "/dev/shm"):
        assert not Path(folder, "a-machine-was-here").exists()
    with Machine(disk) as machine:
        assert machine.run("ls", "/etc/a-machine-was-here", "/opt/a-machine-was-here").stdout
        assert machine.run("ls", "/tmp", "/run/a-machine-was-here", check=False).returncode, "a reboot empties these"


def test_disks_can_share_a_base_disk_without_changing_it(disk: Disk) -> None:
    with Machine(disk) as machine:
        install_hello(machine)
    for _ in range(2):
        with TemporaryDisk(disk) as own, Machine(own) as machine:
            assert machine.show("hello.service", "ActiveState") == {"ActiveState": "active"}
            assert machine.run("ls", "/var/lib/hello").stdout == ""
            machine.run("touch", "/var/lib/hello/mine")


def test_units_are_supervised_and_their_output_is_in_its_journal(disk: Disk) -> None:
    with Machine(disk) as machine:
        install_hello(machine)
        machine.run("systemctl", "start", "hello.service")
        first = machine.main_pid("hello.service")
        machine.kill(first, signal.SIGKILL)
        wait_for(lambda: machine.main_pid("hello.service") not in (0, first), "systemd to start it again")
        wait_for(
            lambda: [entry["MESSAGE"] for entry in machine.journal("-u", "hello", "-t", "sh")] == ["hello"] * 2,
            "both lives to have said hello",
        )


def test_it_has_neither_the_host_s_network_nor_its_homes(disk: Disk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, Machine(disk) as machine:
        port = server.getsockname()[1]
        assert machine.run("cat", "/proc/net/dev").stdout.count("\n") == 3, "two lines of headings, and lo"
        requested = machine.run("/bin/bash", "-c", f"echo > /dev/tcp/127.0.0.1/{port}", check=False)
        assert "Connection refused" in requested.stderr
        assert machine.run("find", "/root", "/home", "-mindepth", "1").stdout == ""
        left = machine.run("find", str(CHECKOUT), "-mindepth", "1", check=False)
        assert left.stdout == "", "empty, or within something that is"


def test_a_power_cut_leaves_nothing(disk: Disk) -> None:
    with Machine(disk) as machine:
        install_hello(machine)
        machine.run("systemctl", "start", "hello.service")
        pid, name = machine.pid, machine._name
        family = psutil.Process(pid).children(recursive=True)
        assert any((hierarchy.group / name).is_dir() for hierarchy in hierarchies())
        began_s = time.monotonic()
        machine.cut_power()
        assert time.monotonic() - began_s < 20
    assert not psutil.pid_exists(pid)
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not any((hierarchy.group / name).is_dir() for hierarchy in hierarchies())
