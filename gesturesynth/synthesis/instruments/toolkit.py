"""All that a file with an instrument of one's own needs, from one place. docs/instruments.md writes one in 20 lines."""

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.reverb import REST, add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import fan, narrowed, pair, parts, spread
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, saw_wave, table

__all__ = [
    "LEVEL",
    "NO_INTERPOLATION",
    "REST",
    "Graph",
    "Instrument",
    "Parameter",
    "Trigger",
    "add_reverb",
    "curve",
    "denormal_guard",
    "fan",
    "gain",
    "narrowed",
    "pair",
    "parts",
    "saw_wave",
    "spread",
    "steadied",
    "table",
]
