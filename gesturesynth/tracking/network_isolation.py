"""Isolates the process that sees people: no network, and no core dumps.

MediaPipe's library tries to report its use to its publisher. A Linux process can move into a network namespace of its
own, with nothing but a loop-back device that is switched off: no address can be reached, not even 127.0.0.1.
Files, devices and Unix sockets with a path (the ZeroMQ `ipc://` sockets between our processes) work as before.

This keeps a library from sending; it does not protect against hostile code that runs as root.
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
"""A documentation address (RFC 5737), for asking the kernel whether it has a route to anywhere."""


def leave_network() -> str:
    """Moves this process, and every child it starts from now on, into a network namespace with nothing in it.

    Call it in the main thread, before MediaPipe is imported and before any other thread runs. (The idle threads
    of NumPy's linear algebra are no obstacle: they end when a process forks, and are started again when needed.)
    Sockets that are open already keep their network. Calling it twice is harmless.

    Root gets the namespace as it is. An ordinary user gets it inside a user namespace, with the same user and group
    and the same rights to files and devices as before.

    Returns:
        `"none"` when this process reaches nothing (checked), or a sentence that says why it still does.
    """
    if sys.platform != "linux":
        return "this system has no network namespaces, so the tracker could not be cut off from the network"
    if _reaches_nothing():
        return NONE
    # A child tries it first: where the kernel refuses the second of two steps, this process stays as it was.
    blocked = _try_in_child()
    if blocked:
        # It may be isolated already: systemd's PrivateNetwork and containers leave a working loop-back device.
        return NONE if _only_loopback() else blocked
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if threads > 1:
        return f"{threads} threads ran already, and the kernel moves only a process with one into another network"
    blocked = _unshare_network()
    if blocked:
        return blocked
    return NONE if _reaches_nothing() else "the kernel gave it a network of its own that still reaches something"


def disable_core_dumps() -> None:
    """Disables core dumps of this process, because its memory holds the newest frame.

    The limit alone does not hold for systems that hand cores to a program (core(5): Ubuntu's and systemd's do), so on
    Linux the process is not dumpable, either. Only root can trace it or read its memory then. Call it after
    `leave_network`: a process that is not dumpable may not enter a user namespace. Its children have to call it again.
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
    """Moves this process into an empty network namespace. Empty on success, or a sentence with the kernel's reason."""
    user, group = os.geteuid(), os.getegid()
    if _unshare(CLONE_NEWNET) == 0:
        return ""
    error = _unshare(CLONE_NEWUSER | CLONE_NEWNET)
    if error:
        limit = found_limit()
        why = f": {limit.cause}" if limit else ""
        return f"the kernel does not let this user have a network of its own ({os.strerror(error)}{why})"
    # Without these lines files would open with the same rights, but the process would have another user id in its own
    # eyes: so it is where AppArmor allows the namespace, and nothing in it.
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
    """Whether there is no interface but loop-back, and no route even to that."""
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
        # A sandbox forbids the socket that lists interfaces; then a route is asked for directly.
        return not _can_route(TEST_ADDRESS)
