"""What an attacker inside a service could do: `python3 probe.py [FILE ...]`, started in place of its program.

It tries, and prints as JSON what came of it: `done`, or the name of the error. Files that are named are read. Only the
standard library is used: it runs in a machine, with the sandbox of one of our units.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

DONE = "done"
OTHER_HOST = ("192.0.2.1", 9)
THIS_HOST = ("127.0.0.1", 9)
DEVICES = ("/dev/video7", "/dev/snd/pcmC7D0p", "/dev/input/event7", "/dev/uinput", "/dev/null")
FAMILIES = ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_BLUETOOTH")
CLONE_NEWUSER = 0x10000000
DEEPEST = 4
"""Folders of folders that are looked at for some place to write."""
LARGE = {"proc", "sys", "site-packages", "share", "lib", "include"}


def outcome(attempt: Callable[..., object], *arguments: object) -> str:
    """`done`, or the name of the error that it ended with."""
    try:
        attempt(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return DONE


def send(address: tuple[str, int]) -> None:
    """A datagram on its way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"a skeleton", address)


def open_socket(family: str) -> None:
    """A socket, and no more."""
    kind = socket.SOCK_STREAM if family in ("AF_INET", "AF_INET6", "AF_VSOCK") else socket.SOCK_RAW
    socket.socket(getattr(socket, family), kind).close()


def open_device(path: str) -> None:
    """A device, to read."""
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))


def become_root_of_a_namespace() -> None:
    """The first step of many a way out."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")


def writable() -> list[str]:
    """The folders in which a file can be made, uppermost ones only."""
    found: list[str] = []
    waiting = ["/"]
    while waiting:
        folder = waiting.pop()
        draft = Path(folder) / f"probe-{os.getpid()}"
        if outcome(draft.touch) == DONE:
            with contextlib.suppress(OSError):
                draft.unlink()
            found.append(folder)
            continue
        if folder.count("/") < DEEPEST:
            with contextlib.suppress(OSError):
                waiting += [
                    entry.path
                    for entry in os.scandir(folder)
                    if entry.name not in LARGE and entry.is_dir(follow_symlinks=False)
                ]
    return sorted(found)


def processes_of_others() -> list[int]:
    """Processes of other users that can be seen."""
    seen = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid != os.getuid():
                seen.append(int(entry.name))
    return seen


def main(files: list[str]) -> None:
    """Tries everything, and prints the results."""
    interfaces = Path("/proc/self/net/dev")
    told = {
        "families": {family: outcome(open_socket, family) for family in FAMILIES},
        "here": outcome(send, THIS_HOST),
        "elsewhere": outcome(send, OTHER_HOST),
        "interfaces": [line.split(":")[0].strip() for line in interfaces.read_text().splitlines()[2:]],
        "devices": {path: outcome(open_device, path) for path in DEVICES},
        "files": {path: outcome(os.scandir, path) for path in files},
        "strangers": processes_of_others(),
        "capabilities": [
            line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapBnd")
        ],
        "writable": writable(),
        "namespace": outcome(become_root_of_a_namespace),  # last: the user of the process is another afterwards
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
