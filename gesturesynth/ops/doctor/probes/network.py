"""Tries to leave the network, in a process of its own: there is no way back. `python -m ...network_probe`."""

from __future__ import annotations

import sys

from gesturesynth.ops.doctor.probes.subprocess_report import emit
from gesturesynth.tracking import userns_limits
from gesturesynth.tracking.network_isolation import NONE, leave_network


def main() -> int:
    """Tells what came of it."""
    network = leave_network()
    emit(network=network, advice="" if network == NONE else userns_limits.advice())
    return 0


if __name__ == "__main__":
    sys.exit(main())
