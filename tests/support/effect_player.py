"""Effects heard alone: a tone or noise goes to a bus; its layer is rendered once more without, and subtracted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.pyo_loader import PyoClasses
from tests.support.stub_instruments import KINDS, PITCH, sound

if TYPE_CHECKING:
    from pyo import PyoObject

Samples = NDArray[np.float32]
Script = Sequence[tuple[float, Mapping[str, float]]]
RATE_HZ = 48000
LAYER = {"source": "x.level", "pitch": "x.pitch", "colour": "x.colour"}
"""What a script may say of the layer, and the parameter that it is; all else are values of the effect."""
STEP_S = 0.04
"""Between two changes: a whole number of buffers is not needed, the engine keeps the position."""


class Source(Instrument):
    """A sine (`colour` 0) or noise (1), at an amplitude of 0.1 when `level` is 0 dB. The same on both sides."""

    kind: ClassVar[str] = "source"
    about: ClassVar[str] = "A test signal."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        PITCH,
        Parameter("colour", "", 0.0, 1.0, "lin", 0.0, 0.005, "Sine or noise."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        self.gain = pyo.DBToA(controls["level"]) * 0.1
        self.sine = pyo.Sine(controls["pitch"], mul=self.gain)
        self.noise = pyo.Noise(mul=self.gain)
        self.mixed = self.sine * (controls["colour"] * -1 + 1) + self.noise * controls["colour"]
        return self.mixed.mix(2)


ALL: dict[str, type[Instrument]] = KINDS | {Source.kind: Source}


def through(effect: str, seconds: float, script: Script = ()) -> Samples:
    """What comes back from an effect, (n, 2).

    Args:
        effect: its kind.
        seconds: how long.
        script: (time in seconds, values) in order: of the effect's parameters, and `pitch`, `colour`, `source` (level).
    """
    layer = tuple(
        (time_s, tuple((name, change[name]) for name in LAYER if name in change)) for time_s, change in script
    )
    return _render(effect, seconds, script, send_db=0.0) - _without(effect, seconds, layer)


@cache
def _without(effect: str, seconds: float, script: tuple[tuple[float, tuple[tuple[str, float], ...]], ...]) -> Samples:
    """The layer alone. Nothing goes to the bus, so the values of the effect do not matter: one rendering serves all."""
    return _render(effect, seconds, [(time_s, dict(change)) for time_s, change in script], send_db=-80.0)


def _render(
    effect: str, seconds: float, script: Sequence[tuple[float, Mapping[str, float]]], send_db: float
) -> Samples:
    kinds = effect_kinds()[effect].parameters
    values = {f"bus.{parameter.name}": parameter.default for parameter in kinds}
    values |= {"x.pitch": 440.0, "x.colour": 0.0, "x.level": 0.0}
    glides_s = [*(parameter.glide_s for parameter in kinds), 0.005, 0.005, 0.005]
    scene = Scene(
        preset="test",
        instruments=(InstrumentSetup("x", "source", {"send_bus": send_db}),),
        parameters=tuple(values),
        glides_s=tuple(glides_s),
        buses=(InstrumentSetup("bus", effect),),
        ceiling_db=-1.0,
        fade_in_s=0.01,
    )
    heard, at_s = [], 0.0
    with OfflineEngine(RATE_HZ, kinds=ALL) as engine:
        for time_s, change in [*script, (seconds, {})]:
            engine.apply(sound(scene, *values.values()))
            heard.append(engine.render(round(time_s * RATE_HZ) - round(at_s * RATE_HZ)))
            at_s = time_s
            values |= {LAYER.get(name, f"bus.{name}"): value for name, value in change.items()}
    return np.concatenate(heard)
