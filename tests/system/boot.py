"""What the first process of a machine does before it becomes systemd. See `machine.py`, which starts it.

`python -m tests.system.boot SPECIFICATION` runs as PID 1 of fresh PID, mount, UTS, IPC and network namespaces. Nothing
that it does reaches the host: its root is read-only, and every folder that systemd or the service writes to is an
overlay or a tmpfs. Only the standard library is used, and nothing of it once systemd has taken over.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import re
import socket
import stat
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

CLONE_NEWCGROUP = 0x02000000  # linux/sched.h
_SIOCSIFFLAGS, _SIOCSIFADDR, _IFF_UP = 0x8914, 0x8916, 0x1  # linux/sockios.h, linux/if.h

ELSEWHERE = "192.0.2.1"
"""An address (RFC 5737) that leads back to the machine, and is not one of its loop-back's: the network, as far as a
sandbox can find out."""

SHARED_AT = "/srv"
"""Where the machine sees the folder that it shares with the test."""

UNITS_AT = "/etc/systemd/system"
SYSTEM_UNITS = Path("/lib/systemd/system")
GENERATORS = (Path("/lib/systemd/system-generators"), Path("/etc/systemd/system-generators"))
WANTED = {"systemd-journald.service", "systemd-journald.socket", "systemd-journald-dev-log.socket"}
"""Of all that a Debian starts by itself: the journal."""

DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}


@dataclass(frozen=True)
class Volume:
    """A folder of the machine that can be written, and keeps what was written when the machine ends.

    Attributes:
        at: where it is in the machine.
        lowers: what is seen through it, uppermost first; at least one.
        upper, work: where changes go, and overlayfs's own folder for them, on one file system.
    """

    at: str
    lowers: tuple[str, ...]
    upper: str
    work: str


@dataclass(frozen=True)
class Specification:
    """The machine to be.

    Attributes:
        name: of its host and of its control group.
        volumes: see there.
        shared: a folder of the host's, seen at `/srv`.
        hidden: folders of the host that the machine must do without.
    """

    name: str
    volumes: tuple[Volume, ...]
    shared: str
    hidden: tuple[str, ...]

    def encode(self) -> str:
        """As one argument of a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> Specification:
        """The opposite of `encode`."""
        raw = json.loads(text)
        volumes = tuple(Volume(**volume | {"lowers": tuple(volume["lowers"])}) for volume in raw.pop("volumes"))
        return cls(**raw | {"volumes": volumes, "hidden": tuple(raw["hidden"])})


@dataclass(frozen=True)
class Hierarchy:
    """One mounted hierarchy of control groups.

    Attributes:
        at: where.
        kind: `cgroup` or `cgroup2`.
        options: with which it is mounted again.
        group: the folder of this process's group in it.
    """

    at: Path
    kind: str
    options: str
    group: Path


def hierarchies() -> list[Hierarchy]:
    """All of the host's, as this process sees them."""
    own: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, where = line.split(":", 2)
        own |= dict.fromkeys(controllers.split(","), where)
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        root, at = left.split()[3:5]
        kind, _, options = right.split()[:3]
        if kind not in ("cgroup", "cgroup2"):
            continue
        names = [word for word in options.split(",") if word not in ("rw", "ro", "xattr") and "=/" not in word]
        group = own.get("" if kind == "cgroup2" else names[0])
        if group is not None:
            inside = group.removeprefix(root if root != "/" else "").lstrip("/")
            found.append(Hierarchy(Path(at), kind, "" if kind == "cgroup2" else ",".join(names), Path(at) / inside))
    return found


def mount(kind: str, what: str, at: str | Path, options: str = "") -> None:
    """mount(8); its own sentence is the error."""
    Path(at).mkdir(parents=True, exist_ok=True)
    _run("mount", "-n", "-t", kind, *(["-o", options] if options else []), what, str(at))


def _run(*text: str) -> None:
    done = subprocess.run(text, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(text)}: {done.stderr.strip()}")


def _own_group(name: str) -> None:
    """A control group of its own in every hierarchy, which it then takes for the whole world."""
    found = hierarchies()
    for hierarchy in found:
        group = hierarchy.group / name
        group.mkdir(exist_ok=True)
        for needed in ("cpuset.cpus", "cpuset.mems"):  # without them a version 1 cpuset accepts no process
            if hierarchy.kind == "cgroup" and (group / needed).exists():
                (group / needed).write_text((hierarchy.group / needed).read_text())
        (group / "cgroup.procs").write_text("0")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWCGROUP):
        sys.exit(f"no control groups of its own: {os.strerror(ctypes.get_errno())}")
    # /sys shows the network namespace that it was mounted in.
    mount("sysfs", "sysfs", "/sys")
    if not any(hierarchy.at == Path("/sys/fs/cgroup") for hierarchy in found):
        mount("tmpfs", "cgroup", "/sys/fs/cgroup", "mode=755")
    for hierarchy in found:
        mount(hierarchy.kind, hierarchy.kind, hierarchy.at, hierarchy.options)


def _disks(specification: Specification) -> None:
    _run("mount", "-n", "--bind", specification.shared, SHARED_AT)
    mount_points = []
    for number, volume in enumerate(specification.volumes):
        options = f"lowerdir={':'.join(volume.lowers)},upperdir={volume.upper},workdir={volume.work}"
        kept = Path(specification.shared).parent / f"mounted-{number}"  # /etc must not change under us half-way
        mount("overlay", "overlay", kept, options)
        mount_points.append((kept, volume.at))
    # What is not mounted below cannot be changed.
    _run("mount", "-n", "-o", "remount,bind,ro", "/")
    for kept, at in mount_points:
        _run("mount", "-n", "--move", str(kept), at)
    for folder in ("/run", "/tmp", "/home"):
        mount("tmpfs", "tmpfs", folder, "mode=1777" if folder == "/tmp" else "mode=755")
    for folder in _outermost(specification.hidden):
        _run("mount", "-n", "-t", "tmpfs", "-o", "mode=700", "tmpfs", folder)


def _outermost(folders: tuple[str, ...]) -> list[str]:
    """Those that are in no other one, which hides them, too; nor in one that was made again."""
    places = [*map(Path, folders), Path("/tmp"), Path("/home")]
    return [folder for folder in folders if not any(place in Path(folder).parents for place in places)]


def _devices() -> None:
    mount("tmpfs", "dev", "/dev", "mode=755")
    for name, (major, minor) in DEVICES.items():
        path = Path("/dev") / name
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(major, minor))
        path.chmod(0o666)
    mount("devpts", "devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=620")
    mount("tmpfs", "shm", "/dev/shm", "mode=1777")
    for name, target in {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1"}.items():
        Path("/dev", name).symlink_to(target)
    Path("/dev/stderr").symlink_to("fd/2")


def _units() -> None:
    """Nothing starts here but the journal and what is installed here."""
    masks = Path("/run/systemd/system")
    masks.mkdir(parents=True)
    kinds = re.compile(r".*\.(service|socket|mount|automount|timer|path)")
    for wants in SYSTEM_UNITS.glob("*.wants"):
        for unit in wants.iterdir():
            if kinds.fullmatch(unit.name) and unit.name not in WANTED and not (masks / unit.name).is_symlink():
                (masks / unit.name).symlink_to("/dev/null")
    generators = Path("/run/systemd/system-generators")
    generators.mkdir()
    for folder in GENERATORS:
        for generator in folder.glob("*"):
            if not (generators / generator.name).is_symlink():
                (generators / generator.name).symlink_to("/dev/null")


def _network() -> None:
    address = struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(ELSEWHERE))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))
        fcntl.ioctl(control, _SIOCSIFADDR, struct.pack("16s16s", b"lo:1", address))


def main(specification: Specification) -> None:
    """Makes the machine, and becomes its systemd."""
    assert os.getpid() == 1, "this is for the first process of a machine, see machine.py"
    _run("mount", "-n", "--make-rprivate", "/")
    socket.sethostname(specification.name)
    _network()
    _own_group(specification.name)
    _disks(specification)
    _devices()
    _units()
    os.chdir("/")
    text = ["--system", "--unit=multi-user.target", "--log-target=journal-or-kmsg", "--show-status=no"]
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    environment = {"container": "other", "PATH": path}
    os.execve("/lib/systemd/systemd", ["systemd", *text], environment)  # noqa: S606 - it becomes systemd


if __name__ == "__main__":
    main(Specification.decode(sys.argv[1]))
