"""The network probe: leaves the network in a process of its own, because a process cannot return.

`python -m gesturesynth.ops.doctor.probes.network`. Short, but it has to be a program of its own.
"""

from __future__ import annotations

import sys

from gesturesynth.ops.doctor.probes.subprocess_report import emit
from gesturesynth.tracking import userns_limits
from gesturesynth.tracking.network_isolation import NONE, leave_network


def main() -> int:
    """Writes whether this process could leave the network, and what to do if not."""
    network = leave_network()
    emit(network=network, advice="" if network == NONE else userns_limits.advice())
    return 0


if __name__ == "__main__":
    sys.exit(main())
