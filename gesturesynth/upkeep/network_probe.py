"""Tries to leave the network, in a process of its own: there is no way back. `python -m ...network_probe`."""

from __future__ import annotations

import sys

from gesturesynth.tracking.isolation import leave_network
from gesturesynth.upkeep.child_report import tell


def main() -> int:
    """Tells what came of it."""
    tell(network=leave_network())
    return 0


if __name__ == "__main__":
    sys.exit(main())
