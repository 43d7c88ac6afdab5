"""How soon each instrument answers, in frames of the engine's graph; the wait for the next buffer comes besides."""

from __future__ import annotations

from collections.abc import Iterator

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.rack import SHORTEST_GLIDE_S
from gesturesynth.synthesis.solo import FRAMES, RATE_HZ
from tests.benchmarks.figures import Figure, single
from tests.benchmarks.setup import Plan
from tests.support.reactions import (
    frames_to_change,
    frames_to_strike,
    main_parameter,
    milliseconds,
    own_glide_s,
    strikes_of,
)

TITLE = "From parameter to audible for each instrument, counted: plus up to one buffer, 5.3 ms"
BUFFER_MS = 1000 * FRAMES / RATE_HZ
CHANGE_MS = 30.0 - BUFFER_MS
STRIKE_MS = 15.0 - BUFFER_MS


def measure(_plan: Plan) -> Iterator[Figure]:
    """A row for the main parameter of each instrument, and one for each of its strikes."""
    for kind in catalogue():
        own_s = own_glide_s(kind)
        at_once, gliding = (milliseconds(one) for one in frames_to_change(kind, SHORTEST_GLIDE_S, own_s))
        moved = main_parameter(kind)
        note = f"with its own glide of {1000 * own_s:g} ms: {gliding:.1f} ms"
        if moved.fixed:
            note += "; at " + ", ".join(f"{name} {value:g}" for name, value in moved.fixed.items())
        yield single(f"{kind}.{moved.name}, glide 5 ms", "ms", at_once, aim=CHANGE_MS, note=note)
        for trigger in strikes_of(kind):
            frames = frames_to_strike(kind, trigger)
            yield single(f"strike: {kind}.{trigger}", "ms", milliseconds(frames), aim=STRIKE_MS)
