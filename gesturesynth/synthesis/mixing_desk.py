"""The mixing desk of a rack: layers with gain, width and place, and buses that they share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from gesturesynth.synthesis.effects.base import RETURN, Effect
from gesturesynth.synthesis.guards import GUARD, finite
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import gain
from gesturesynth.synthesis.space.panner import beside
from gesturesynth.synthesis.structure import AZIMUTH, GAIN, PAN, SEND, WIDTH, Effects, Structure

if TYPE_CHECKING:
    from pyo import PyoObject, Stream

    from gesturesynth.synthesis.layer_shares import LayerShares
    from gesturesynth.synthesis.levels.layer import LayerLimiter
    from gesturesynth.synthesis.pyo_loader import PyoClasses
    from gesturesynth.synthesis.space.fold import PointPanner
    from gesturesynth.synthesis.space.headphones import EarPanner
    from gesturesynth.synthesis.space.panner import Panner


class MixingDesk:
    """Guards what instruments give, mixes it, sends it to buses, and adds what comes back.

    Args:
        pyo: the module.
        structure: of the rack.
        instruments: the output of each instrument, two streams.
        controls: one gliding stream for each parameter, by `name.parameter`.
        effects: the effects there are.
        limiter: holds each layer, and what comes back of each bus, within the limits of the scene.
        streams: gives the streams that there are.
        panner: places layers among loudspeakers; None: there are left and right.
        shares: of each instrument in what is heard.

    Attributes:
        output: pyo object of two streams, or one for each loudspeaker: always finite, within the limits for each layer
            and bus.
        raw: pyo object of two streams: what instruments and buses gave, before guards and mixing.
        buses: the output of each bus, before its guard.
        layers: by instrument, what it gives to the master, before it is placed among loudspeakers.
        layer_streams: by instrument, the streams of its layer, from its guard to its limits.
    """

    def __init__(
        self,
        pyo: PyoClasses,
        structure: Structure,
        instruments: Mapping[str, PyoObject],
        controls: Mapping[str, PyoObject],
        effects: Effects,
        *,
        limiter: LayerLimiter,
        streams: Callable[[], Sequence[Stream]],
        panner: Panner | EarPanner | PointPanner | None = None,
        shares: LayerShares,
    ) -> None:
        graph = self._graph = Graph(pyo)
        self._zero = graph.Sig(0.0)
        mixing = set(structure.mixing)
        layers: dict[str, PyoObject] = {}
        self.layers = layers
        mixed: list[PyoObject] = []
        self.layer_streams: dict[str, list[Stream]] = {}
        for name, output in instruments.items():
            used = {parameter: graph.Sig(controls[f"{name}.{parameter}"]) for of, parameter in mixing if of == name}
            first = len(streams())
            guarded = self._shaped(self._guarded(output), used)
            layer = limiter.limited(guarded if panner else self._placed(guarded, used))
            share = shares.of(name)
            layers[name] = layer * share if share else layer
            at = (used.get(PAN.name), used.get(AZIMUTH.name))
            mixed.append(panner.placed(graph, layers[name], *at) if panner else layers[name])
            self.layer_streams[name] = list(streams()[first:])
        self._effects: list[Effect] = []
        self.buses: dict[str, PyoObject] = {}
        for bus, kind in structure.buses:
            sends = [
                layer * gain(graph, graph.Sig(controls[f"{name}.{SEND}{bus}"]), 0.0, opening_s=0.0)
                for name, layer in layers.items()
                if (name, f"{SEND}{bus}") in mixing
            ]
            if not sends:
                continue  # nothing goes there: it costs nothing
            own = {parameter.name: controls[f"{bus}.{parameter.name}"] for parameter in effects[kind].parameters}
            effect = effects[kind](pyo, graph.Mix(sends, voices=2), own)
            self._effects.append(effect)
            self.buses[bus] = effect.output
            returned = self._guarded(effect.output) * gain(graph, graph.Sig(own[RETURN.name]), 0.0, opening_s=0.0)
            limited = limiter.limited(returned)
            mixed.append(panner.around(graph, limited) if panner else limited)
        silence = graph.Sig([0.0, 0.0])
        self.output = graph.Mix([*mixed, silence], voices=panner.channels if panner else 2)
        self.raw = graph.Mix([*instruments.values(), *self.buses.values(), silence], voices=2)

    def _guarded(self, source: PyoObject) -> PyoObject:
        return self._graph.Clip(finite(self._graph, self._zero, source), -GUARD, GUARD)

    def _shaped(self, layer: PyoObject, used: Mapping[str, PyoObject]) -> PyoObject:
        """The layer with gain and width."""
        if GAIN.name in used:
            layer = layer * self._graph.DBToA(used[GAIN.name])
        if WIDTH.name in used:
            width = used[WIDTH.name]
            layer = layer * width + (layer.mix(1) * 0.5) * (1.0 - width)
        return layer

    def _placed(self, layer: PyoObject, used: Mapping[str, PyoObject]) -> PyoObject:
        """The layer between left and right. In the middle both sides are as they were; power is the same everywhere."""
        pan, azimuth = used.get(PAN.name), used.get(AZIMUTH.name)
        if pan is None and azimuth is None:
            return layer
        angle = (beside(self._graph, pan, azimuth) + 1.0) * (math.pi / 4.0)
        sides = self._graph.Mix([self._graph.Cos(angle), self._graph.Sin(angle)], voices=2) * math.sqrt(2.0)
        return layer * sides
