"""The priority of the thread that builds what sounds.

pyo computes its graph in JACK's realtime thread, and needs Python's global lock for it. A thread that holds that lock
holds up the sound: when another program takes the processor from it, the realtime thread waits for both. So the thread
that builds instruments is a realtime thread itself, of the lowest priority there is: no ordinary program takes the
processor from it, and every thread of JACK does (docs/performance.md has the figures).
"""

from __future__ import annotations

import os
from typing import Final

LOWEST: Final = 1
"""Of the realtime priorities, 1 to 99. JACK's clients have 5 or more."""


def make_realtime() -> str:
    """Gives the calling thread the lowest realtime priority; threads and processes that it starts have an ordinary one.

    The kernel leaves a part of the processor to ordinary programs, so one that hangs is still found and ended.

    Returns:
        An empty text, or why it stays as it was, as the system says it.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(LOWEST))
    except AttributeError:
        return "this system has no such priorities"
    except OSError as error:
        return error.strerror or str(error)
    return ""
