"""Takes the test run off the network, as the tracker does: MediaPipe sends statistics from tests, too.

Loop-back stays up, for tests with a server of their own. Short, but conftest.py must import nothing else with it.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys

from gesturesynth.tracking import network_isolation

# linux/sockios.h, linux/if.h
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1


def leave() -> str:
    """Leaves the network. Returns `none`, or a sentence that says why not."""
    outcome = network_isolation.leave_network()
    if outcome != network_isolation.NONE and "PYTEST_XDIST_WORKER" in os.environ and os.geteuid() == 0:
        # A worker of pytest-xdist has one more thread, which does nothing but read its pipe: it may stay where it is,
        # and root can move this thread, and all that it starts, alone.
        outcome = network_isolation._unshare_network() or network_isolation.NONE
    if outcome == network_isolation.NONE and sys.platform == "linux":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            request = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sh22x", b"lo", 0))
            name, flags = struct.unpack_from("16sh", request)
            fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh22x", name, flags | _IFF_UP))
    return outcome
