"""A computer of its own for a test: a real systemd as the first process of private namespaces.

    with Machine(Disk(folder)) as machine:
        machine.run("systemctl", "is-system-running")
        machine.journal("-u", "some.service")

What is written below /etc, /opt, /usr/local and /var stays on its `Disk`, which another machine may have afterwards, or
take as the ground for one of its own: a power cut is `pull_the_plug()`, and a machine with the same disk again.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import psutil

from tests.support.waiting import wait_for
from tests.system.boot import SHARED_AT, UNITS_AT, Specification, Volume, hierarchies

WRITABLE = ("/etc", UNITS_AT, "/opt", "/usr/local", "/var")
"""/etc/systemd/system begins empty: what the host has enabled is none of the machine's business."""

LIMIT_S = 900
"""No machine lives longer, whatever becomes of the test."""
BOOT_S = 60.0
COMMAND_S = 60.0
CHECKOUT = Path(__file__).parents[2]
HOMES = ("/root", str(CHECKOUT))
"""Hidden from the services: their users have neither a home nor a checkout."""


class Disk:
    """What a machine keeps.

    Args:
        folder: where it is on the host; made if need be.
        ground: another disk, whose content is what this one begins with. It must not change any more.
    """

    def __init__(self, folder: Path, ground: Disk | None = None) -> None:
        self.folder = folder
        self._ground = ground
        self.shared = folder / "shared"
        self.shared.mkdir(parents=True, exist_ok=True)
        self.shared.chmod(0o777)  # services of the machine have users that the host does not know

    def volumes(self) -> tuple[Volume, ...]:
        """As `boot` mounts them."""
        return tuple(
            Volume(at, tuple(map(str, self._lowers(at))), str(self._part(at, "upper")), str(self._part(at, "work")))
            for at in WRITABLE
        )

    def _part(self, at: str, name: str) -> Path:
        path = self.folder / at.strip("/").replace("/", "-") / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _lowers(self, at: str) -> list[Path]:
        if self._ground is not None:
            return [self._ground._part(at, "upper"), *self._ground._lowers(at)]
        return [self._part(at, "empty") if at == UNITS_AT else Path(at)]


class Machine:
    """A running systemd. A context manager; its end ends every process in it.

    Args:
        disk: what it keeps.
        at_home: whether root's home and the checkout are visible, as for an installation.

    Attributes:
        pid: of its systemd, as the host counts.
    """

    def __init__(self, disk: Disk, *, at_home: bool = False) -> None:
        self.disk = disk
        self._at_home = at_home
        self.pid = 0
        self._launcher: subprocess.Popen[bytes] | None = None
        self._words = disk.folder / "boot.log"
        self._name = ""

    @property
    def shared(self) -> Path:
        """A folder that both sides see, the machine at `/srv`."""
        return self.disk.shared

    @property
    def root(self) -> Path:
        """The machine's own file system, seen from the host."""
        return Path(f"/proc/{self.pid}/root")

    def __enter__(self) -> Self:
        self.boot()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut_power()

    def boot(self, *, settled: bool = True) -> None:
        """Switches it on.

        Args:
            settled: wait until systemd has started what it starts by itself, or failed to; else until it can be asked.
        """
        assert os.geteuid() == 0, "only root can boot a machine"
        self._name = f"gesturesynth-test-{os.getpid()}-{time.monotonic_ns()}"
        hidden = () if self._at_home else tuple(folder for folder in HOMES if Path(folder).is_dir())
        specification = Specification(self._name, self.disk.volumes(), str(self.shared), hidden)
        spaces = ["--pid", "--mount", "--mount-proc", "--uts", "--ipc", "--net"]
        with self._words.open("wb") as text:
            self._launcher = subprocess.Popen(
                [
                    *("timeout", "--signal=KILL", str(LIMIT_S), "unshare", "--fork", "--kill-child", *spaces),
                    *(sys.executable, "-m", "tests.system.boot", specification.encode()),
                ],
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=text,
                stderr=text,
                start_new_session=True,
            )
        try:
            wait_for(
                lambda: self._is_up(settled=settled),
                f"systemd to boot\n{self._words.read_text(errors='replace')}",
                BOOT_S,
            )
        except AssertionError:
            self.cut_power()
            raise

    def _is_up(self, *, settled: bool) -> bool:
        assert self._launcher is not None
        assert self._launcher.poll() is None, f"no machine: {self._words.read_text(errors='replace')}"
        if not self.pid:
            with suppress(psutil.NoSuchProcess):
                family = psutil.Process(self._launcher.pid).children(recursive=True)
                self.pid = next((one.pid for one in family if one.name() == "systemd"), 0)
        if not self.pid:
            return False
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in (("running", "degraded") if settled else ("running", "degraded", "starting"))

    def cut_power(self) -> None:
        """Everything in it ends at once, as in a power cut; its disk stays."""
        launcher, self._launcher = self._launcher, None
        if launcher is None:
            return
        for pid in (self.pid, launcher.pid):
            if pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        launcher.wait()
        self.pid = 0
        wait_for(lambda: _removed(self._name), "the machine's control groups to empty")

    # ------------------------------------------------------------------------------------------------------ commands
    def start(self, *text: str, stdout: int | IO[bytes] = subprocess.PIPE, stdin: int = subprocess.DEVNULL) -> Any:
        """A process in the machine, as its root; the caller ends it."""
        return subprocess.Popen(self._entering(text), stdin=stdin, stdout=stdout, stderr=subprocess.STDOUT, cwd="/")

    def run(
        self, *text: str, check: bool = True, limit_s: float = COMMAND_S, user: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in the machine as root, or as a user of the machine, and waits for its end.

        Args:
            text: the command.
            check: fail, with its output, when its exit code is not 0.
            limit_s: the longest that it may take.
            user: as whom; with the groups that this user has.
        """
        if user:
            text = ("runuser", "-u", user, "--", *text)
        done = subprocess.run(
            self._entering(text),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            cwd="/",
            check=False,
        )
        assert not check or not done.returncode, f"{' '.join(text)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def _entering(self, text: Sequence[str]) -> list[str]:
        assert self.pid, "the machine is off"
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        home = "/root" if self._at_home else "/"
        spaces = ["--mount", "--uts", "--ipc", "--net", "--pid"]
        return ["nsenter", f"--target={self.pid}", *spaces, "--", "env", "-i", path, f"HOME={home}", "LC_ALL=C", *text]

    # ----------------------------------------------------------------------------------------------------------- units
    def show(self, unit: str, *names: str) -> dict[str, str]:
        """Properties of a unit, as `systemctl show` gives them."""
        shown = self.run("systemctl", "show", unit, *(f"--property={name}" for name in names)).stdout
        return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)

    def main_pid(self, unit: str) -> int:
        """The main process of a service, as the machine counts; 0 without one."""
        return int(self.show(unit, "MainPID").get("MainPID", "0"))

    def kill(self, pid: int, number: signal.Signals) -> None:
        """A signal to a process, by the number that the machine knows it by."""
        self.run("/bin/sh", "-c", f"kill -{number.value} {pid}")  # the shell's own: a small Debian has no other

    def signal(self, unit: str, number: signal.Signals) -> None:
        """A signal to the main process of a service and to nothing else."""
        self.kill(self.main_pid(unit), number)

    def journal(self, *text: str) -> list[dict[str, Any]]:
        """Entries of the journal, oldest first, as journald has them: `MESSAGE`, `__MONOTONIC_TIMESTAMP` (us), ..."""
        listed = self.run("journalctl", "--output=json", "--no-pager", "--quiet", *text).stdout
        return [json.loads(line) for line in listed.splitlines()]

    def log_text(self, *text: str) -> str:
        """The journal for people, for the sentence of a failed test."""
        said = self.run("journalctl", "--no-pager", "--lines=800", "--output=short-monotonic", *text).stdout
        # A sound server without a card logs every gap.
        telling = [line for line in said.splitlines() if "XRun" not in line and "Process error" not in line]
        return "\n".join(telling[-120:])


def _removed(name: str) -> bool:
    """Takes its control groups away as far as they are empty; whether none is left."""
    groups = [hierarchy.group / name for hierarchy in hierarchies()]
    for group in groups:
        inner = sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True) if group.is_dir() else []
        for folder in (*inner, group):
            with suppress(OSError):
                folder.rmdir()
    return not any(group.exists() for group in groups)


class TemporaryDisk(Disk):
    """A disk that is thrown away. A context manager."""

    def __init__(self, ground: Disk | None = None) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="gs-machine-")), ground)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder)


__all__ = ["SHARED_AT", "Disk", "Machine", "TemporaryDisk"]
