"""The MIDI probe: lists the ports, in a process that may hang or crash with a driver.

`python -m gesturesynth.ops.doctor.probes.midi auto` (a value of `midi.system`).
"""

from __future__ import annotations

import sys

from gesturesynth.core.errors import UserError
from gesturesynth.core.search_paths import forbid_programs
from gesturesynth.midi.library import open_system
from gesturesynth.midi.ports import list_ports
from gesturesynth.ops.doctor.probes.subprocess_report import emit


def main(system: str) -> int:
    """Writes the names of the ports, or why there are none."""
    forbid_programs()
    try:
        found = open_system(system)
    except (ConnectionError, UserError) as error:
        emit(error=str(error))
        return 0
    rows = list_ports(found)
    emit(
        outputs=[row["name"] for row in rows if row["direction"] == "output"],
        inputs=[row["name"] for row in rows if row["direction"] == "input"],
    )
    found.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
