"""Keeps what sees people from telling: off the network, and without core files.

MediaPipe's library tries to report its use to its maker. A Linux process can move into a network namespace of its own,
in which there is nothing but a loop-back device that is switched off: no address can be reached, not even 127.0.0.1.
Files, devices and Unix sockets with a path (the ZeroMQ `ipc://` sockets between our processes) work as before.

This keeps a library from talking; it is not meant to hold hostile code that runs as root, which could find a way back.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Final

from gesturesynth.tracking.userns_limits import found_limit

NONE: Final = "none"
"""What `leave_network` returns when nothing can be reached any more."""

CLONE_NEWUSER: Final = 0x10000000  # linux/sched.h
CLONE_NEWNET: Final = 0x40000000  # linux/sched.h

PR_SET_DUMPABLE: Final = 4  # linux/prctl.h

TEST_ADDRESS: Final = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737), for asking whether there is a way out."""


def leave_network() -> str:
    """Moves this process, and every child it starts from now on, into a network namespace with nothing in it.

    Call it in the main thread, before MediaPipe is imported and before any other thread runs. (Threads that NumPy's
    linear algebra keeps in reserve are no obstacle: they end when a process forks, and return when needed.) Sockets
    that are open already keep the network they had. Calling it twice is harmless.

    Root gets the namespace as it is. An ordinary user gets it inside a user namespace, with the same user and group
    and the same rights to files and devices as before.

    Returns:
        `"none"` when this process reaches nothing (checked), or a sentence that says why it still does.
    """
    if sys.platform != "linux":
        return "this system has no network namespaces, so the tracker could not be cut off from the network"
    if _reaches_nothing():
        return NONE
    # A child tries it first: where the kernel says no half-way, this process is left as it was.
    blocked = _try_in_child()
    if blocked:
        # Somebody may have cut us off before: systemd's PrivateNetwork and containers leave a working loop-back device.
        return NONE if _only_loopback() else blocked
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if threads > 1:
        return f"{threads} threads ran already, and the kernel moves only a process with one into another network"
    blocked = _unshare_network()
    if blocked:
        return blocked
    return NONE if _reaches_nothing() else "the kernel gave it a network of its own that still reaches something"


def disable_core_dumps() -> None:
    """Has the system keep no memory of this process when it crashes: the frame it was looking at would be in it.

    The limit alone does not hold for systems that hand cores to a program (core(5): Ubuntu's and systemd's do), so on
    Linux the process is not dumpable, either. Nobody but root can trace it or read its memory then. Call it after
    `leave_network`: who is not dumpable may not enter a user namespace. What it starts has to call it again.
    """
    import resource  # noqa: PLC0415 - not on every system

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _try_in_child() -> str:
    """Empty when a child of this process could leave the network, or a sentence that says why not."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 and later warn when threads run; the child below does nothing that could wait for one.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            text = _unshare_network()
            if not text and not _reaches_nothing():
                text = "the kernel gave it a network of its own that still reaches something"
            os.write(writer, text.encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    return text if status == 0 else "an attempt to leave the network ended badly"


def _unshare_network() -> str:
    """Does it. Empty on success, or a sentence that says why the kernel did not let us."""
    user, group = os.geteuid(), os.getegid()
    if _unshare(CLONE_NEWNET) == 0:
        return ""
    error = _unshare(CLONE_NEWUSER | CLONE_NEWNET)
    if error:
        limit = found_limit()
        why = f": {limit.cause}" if limit else ""
        return f"the kernel does not let this user have a network of its own ({os.strerror(error)}{why})"
    # Without these lines files would open by the same rights all the same, but the process would see itself as nobody:
    # so it is where AppArmor allows the namespace, and nothing in it.
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return ""


def _unshare(flags: int) -> int:
    """Calls unshare(2), which Python has only from 3.12 on; returns 0, or the error number."""
    libc = ctypes.CDLL(None, use_errno=True)
    return 0 if libc.unshare(flags) == 0 else ctypes.get_errno()


def _reaches_nothing() -> bool:
    """True when there is no interface but loop-back, and even that refuses."""
    if not _only_loopback():
        return False
    # A UDP "connect" sends nothing; it asks the kernel for a route. In an empty namespace there is none, so not even
    # the loop-back address has one.
    return not any(_can_route(address) for address in ("127.0.0.1", "::1", TEST_ADDRESS))


def _can_route(address: str) -> bool:
    with (
        suppress(OSError),
        socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as s,
    ):
        s.connect((address, 9))
        return True
    return False


def _only_loopback() -> bool:
    try:
        return all(name == "lo" for _, name in socket.if_nameindex())
    except OSError:
        # A sandbox forbids the socket that asks for interfaces; what can be reached is then asked for directly.
        return not _can_route(TEST_ADDRESS)
