"""A room around an instrument, whose walls drift a little."""

from __future__ import annotations

from typing import Any

from gesturesynth.synthesis.instruments.graph import Graph


def hum(graph: Graph) -> Any:  # noqa: ANN401 - pyo has no types
    """A tone at -160 dBFS, for whatever remembers its past: silence fades there into floats that crawl (denormals)."""
    return graph.Sine(freq=107.0, mul=1e-8)


def room(graph: Graph, dry: Any, *, wet: float, decay_s: float, cutoff_hz: float, size: float) -> Any:  # noqa: ANN401
    """The sound (one stream or two) with a stereo room behind it: two streams.

    A held note in a still room is loud or soft as its wavelength happens to fit the walls, by 6 dB and more. Here the
    way to the walls is drawn out and in by 0.7 ms, slowly, so that no note is favoured for long; in the reflections
    alone this bends the pitch by up to 2 cents.

    Args:
        graph: the graph to build in.
        dry: the sound.
        wet: gain of the room; the dry sound stays as it is.
        decay_s: time to fall by 60 dB.
        cutoff_hz: damping; above it reflections die sooner.
        size: of the room, as a factor of pyo's STRev, 0.25 to 4.
    """
    way_s = graph.Sine(freq=[0.27, 0.37], phase=[0.0, 0.5], mul=0.0007, add=0.012)
    send = graph.Delay(dry + hum(graph), delay=way_s, maxdelay=0.02)
    walls = graph.STRev(
        send, inpos=[0.1, 0.9], revtime=decay_s, cutoff=cutoff_hz, bal=1.0, roomSize=size, firstRefGain=-12, mul=wet
    )
    return walls.mix(2) + dry
