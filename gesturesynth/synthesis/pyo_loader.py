"""Loading pyo, the audio library, when a graph is built and not before; and what of it we use, for type checkers.

pyo has no types of its own: tools/stubs/pyo describes its classes.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import pyo


class PyoClasses:
    """The classes of pyo that graphs are made of: attributes of its module, and of a `Graph`."""

    Abs: type[pyo.Abs]
    Biquada: type[pyo.Biquada]
    ButBP: type[pyo.ButBP]
    ButHP: type[pyo.ButHP]
    ButLP: type[pyo.ButLP]
    Centroid: type[pyo.Centroid]
    Change: type[pyo.Change]
    Chorus: type[pyo.Chorus]
    Clip: type[pyo.Clip]
    Compare: type[pyo.Compare]
    ComplexRes: type[pyo.ComplexRes]
    Compress: type[pyo.Compress]
    Convolve: type[pyo.Convolve]
    Cos: type[pyo.Cos]
    Counter: type[pyo.Counter]
    DBToA: type[pyo.DBToA]
    DCBlock: type[pyo.DCBlock]
    DataTable: type[pyo.DataTable]
    Delay: type[pyo.Delay]
    Delay1: type[pyo.Delay1]
    Dummy: type[pyo.Dummy]
    EQ: type[pyo.EQ]
    Fader: type[pyo.Fader]
    Floor: type[pyo.Floor]
    HannTable: type[pyo.HannTable]
    HarmTable: type[pyo.HarmTable]
    Input: type[pyo.Input]
    LFO: type[pyo.LFO]
    LinTable: type[pyo.LinTable]
    Log2: type[pyo.Log2]
    Lookup: type[pyo.Lookup]
    Looper: type[pyo.Looper]
    Max: type[pyo.Max]
    Metro: type[pyo.Metro]
    Min: type[pyo.Min]
    Mix: type[pyo.Mix]
    Mixer: type[pyo.Mixer]
    MoogLP: type[pyo.MoogLP]
    Noise: type[pyo.Noise]
    Osc: type[pyo.Osc]
    OscTrig: type[pyo.OscTrig]
    Particle: type[pyo.Particle]
    Phasor: type[pyo.Phasor]
    PinkNoise: type[pyo.PinkNoise]
    Port: type[pyo.Port]
    Pow: type[pyo.Pow]
    Randh: type[pyo.Randh]
    Randi: type[pyo.Randi]
    Reson: type[pyo.Reson]
    SampHold: type[pyo.SampHold]
    SDelay: type[pyo.SDelay]
    Select: type[pyo.Select]
    STRev: type[pyo.STRev]
    Sig: type[pyo.Sig]
    SigTo: type[pyo.SigTo]
    Sin: type[pyo.Sin]
    Sine: type[pyo.Sine]
    SmoothDelay: type[pyo.SmoothDelay]
    SVF2: type[pyo.SVF2]
    Sqrt: type[pyo.Sqrt]
    TableFill: type[pyo.TableFill]
    TableIndex: type[pyo.TableIndex]
    TableRec: type[pyo.TableRec]
    TableScan: type[pyo.TableScan]
    Tanh: type[pyo.Tanh]
    Thresh: type[pyo.Thresh]
    Tone: type[pyo.Tone]
    Trig: type[pyo.Trig]
    TrigChoice: type[pyo.TrigChoice]
    TrigEnv: type[pyo.TrigEnv]
    TrigFunc: type[pyo.TrigFunc]
    TrigRand: type[pyo.TrigRand]
    TrigRandInt: type[pyo.TrigRandInt]
    Waveguide: type[pyo.Waveguide]
    WGVerb: type[pyo.WGVerb]
    Yin: type[pyo.Yin]


class PyoModule(PyoClasses):
    """The module pyo."""

    Server: type[pyo.Server]
    PyoServerStateException: type[pyo.PyoServerStateException]
    serverCreated: Callable[[], bool]  # noqa: N815 - pyo's name
    serverBooted: Callable[[], bool]  # noqa: N815 - pyo's name


def load_pyo() -> PyoModule:
    """Imports pyo without its window toolkit, and without what it prints where there is none."""
    os.environ.setdefault("PYO_GUI_WX", "0")
    with contextlib.redirect_stdout(io.StringIO()):
        return cast("PyoModule", importlib.import_module("pyo"))
