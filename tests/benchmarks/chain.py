"""What lies behind the instruments: the master chain, the limits of a layer, a shared reverb against one for each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.effects.base import RETURN
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.reverb import add_reverb
from gesturesynth.synthesis.levels.layer import LayerLimiter, LayerLimits
from gesturesynth.synthesis.levels.loudness_limiter import bounded_power, limiting_gain
from gesturesynth.synthesis.levels.peak_limiter import PeakLimiter
from gesturesynth.synthesis.master import Master
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.solo import server
from tests.benchmarks import graphs
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Plan

TITLE = "Cost of the master chain, of layers and of reverbs: processor time at 48 kHz, 256 frames"
LAYERS = 4


def measure(plan: Plan) -> Iterator[Figure]:
    """Parts alone, then shared and own reverbs for four layers."""
    times = plan.choose(9, 3)
    for what, part in (
        ("master chain", "master"),
        ("of it: loudness guard", "guard"),
        ("of it: loudness limiter", "loudness"),
        ("of it: peak limiter", "peak"),
        ("limits of one layer", "layer"),
        ("reverb of one instrument", "reverb"),
    ):
        yield of(what, "%", _part(part, times))
    yield from _reverbs(times)


def _part(part: str, times: int) -> list[float]:
    """One part behind a sine on each side: percent of a core, without the sines."""
    pyo = load_pyo()
    with server() as made:
        graph = Graph(pyo)
        source = graph.Sine([220.0, 330.0], mul=0.2)
        most = graph.Sig(0.01)
        before = min(graphs.stretches(made.process, times))
        kept: object
        if part == "master":
            kept = Master(source)
        elif part == "guard":
            kept = source * graph.SigTo(0.5, time=0.1, init=0.5)
        elif part == "loudness":
            kept = source * limiting_gain(graph, bounded_power(graph, source, most), most)
        elif part == "peak":
            kept = PeakLimiter(pyo, source, graph.Sig(0.5))
        elif part == "layer":
            limiter = LayerLimiter(pyo, LayerLimits.of(0.0, -18.0, -3.0))
            kept = (limiter, limiter.limited(source))
        else:
            kept = add_reverb(graph, source, wet=0.3, decay_s=2.0, cutoff_hz=5000, size=1.2)
        for _ in range(graphs.STRETCH):
            made.process()
        found = graphs.stretches(made.process, times)
        del kept, source, most, graph
    return [graphs.percent(one - before) for one in found]


def _reverbs(times: int) -> Iterator[Figure]:
    """Four pads whose room is a bus that they share, and the same with a bus for each."""
    defaults = {parameter.name: parameter.default for parameter in effect_kinds()["reverb"].parameters}
    bus = defaults | {RETURN.name: 0.0}

    def layers(shared: bool) -> list[InstrumentSetup]:  # noqa: FBT001 - it is what is asked
        return [
            InstrumentSetup(f"pad{number}", "pad", {f"send_{'room' if shared else f'room{number}'}": -12.0})
            for number in range(LAYERS)
        ]

    dry = graphs.scene_of([InstrumentSetup(f"pad{number}", "pad", {}) for number in range(LAYERS)])
    one = graphs.scene_of(layers(shared=True), [InstrumentSetup("room", "reverb", bus)])
    each = graphs.scene_of(
        layers(shared=False), [InstrumentSetup(f"room{number}", "reverb", bus) for number in range(LAYERS)]
    )
    found = {name: graphs.racks(scene, times) for name, scene in (("dry", dry), ("one", one), ("each", each))}
    shared, own = graphs.above(found["one"], found["dry"]), graphs.above(found["each"], found["dry"])
    factor = float(np.median(own)) / float(np.median(shared))
    yield of(f"one reverb on a bus for {LAYERS} layers", "%", shared, note="what it adds, limits included")
    yield of(f"{LAYERS} reverbs on buses, one for each", "%", own, note=f"{factor:.1f} times the shared one")
