"""What a rack is built of, told from a scene without an audio library: instruments, buses, and the mixing they ask for.

Every instrument is a layer, and has the parameters of a mixing desk besides its own: a gain, a place between left and
right, and how much of it goes to each bus. They cost nothing where a scene does not use them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.effects.base import Effect
from gesturesynth.synthesis.instruments.base import Instrument, Parameter
from gesturesynth.synthesis.tempo.pattern import PATTERN_PARAMETERS

Kinds = Mapping[str, type[Instrument]]
"""The instruments there are, by kind."""
Effects = Mapping[str, type[Effect]]
"""The effects there are, by kind."""

GAIN: Final = Parameter("gain", "dB", -60.0, 12.0, "lin", 0.0, 0.08, "Loudness of the layer, on top of its level.")
PAN: Final = Parameter("pan", "", -1.0, 1.0, "lin", 0.0, 0.1, "Where it is heard: -1 left, 0 in the middle, 1 right.")
AZIMUTH: Final = Parameter(
    "azimuth",
    "deg",
    -180.0,
    180.0,
    "lin",
    0.0,
    0.1,
    "Where in a ring of loudspeakers it is heard: degrees clockwise from the front, added to `pan`.",
    cycle=360.0,
)
WIDTH: Final = Parameter(
    "width", "", 0.0, 1.0, "lin", 1.0, 0.1, "How far its two sides are apart: 1 as they are, 0 one point."
)
SEND: Final = "send_"
"""Begins the name of a parameter that sends to a bus: `send_hall`."""


def send(bus: str) -> Parameter:
    """How much of a layer goes to a bus."""
    return Parameter(
        f"{SEND}{bus}", "dB", -80.0, 6.0, "lin", -80.0, 0.08, f"How much of it goes to {bus}; -80 dB: none."
    )


def layer_parameters(buses: Iterable[str]) -> dict[str, Parameter]:
    """What every layer has besides the parameters of its instrument, by name."""
    return {parameter.name: parameter for parameter in (GAIN, PAN, AZIMUTH, WIDTH, *map(send, buses))}


@dataclass(frozen=True)
class Structure:
    """Two scenes with the same can share one rack.

    Attributes:
        instruments: (name, kind) of each that can be built.
        buses: (name, kind) of each that can be built.
        mixing: (instrument, parameter) of the layer parameters that the scene uses.
        notes: `instrument.parameter` of those whose values are lengths of notes.
        scenes: whether the preset has several scenes, so that instruments have a share in each.
        sounds: (instrument, place) of each that plays sound files.
        patterns: their names.
        voices: how many there are.
    """

    instruments: tuple[tuple[str, str], ...]
    buses: tuple[tuple[str, str], ...]
    mixing: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    scenes: bool = False
    sounds: tuple[tuple[str, str], ...] = ()
    patterns: tuple[str, ...] = ()
    voices: int = 1

    @classmethod
    def of_scene(cls, scene: Scene, kinds: Kinds, effects: Effects) -> Structure:
        """What of a scene can be built: of a known kind, and the first of its name."""
        instruments, buses = _known(scene.instruments, kinds), _known(scene.buses, effects)
        allowed = layer_parameters(buses)
        own = {name: {parameter.name for parameter in kinds[kind].parameters} for name, kind in instruments.items()}
        asked = [f"{setup.name}.{parameter}" for setup in scene.instruments for parameter in setup.fixed]
        pairs = [name.partition(".")[::2] for name in dict.fromkeys([*asked, *scene.parameters])]
        mixing = {
            (name, parameter)
            for name, parameter in pairs
            if name in instruments and parameter in allowed and parameter not in own[name]
        }
        places = {setup.name: setup.sounds for setup in reversed(scene.instruments)}
        played = {name: kind for name, kind in instruments.items() if kinds[kind].sounds_help and places[name]}
        return cls(
            tuple(instruments.items()),
            tuple(buses.items()),
            tuple(sorted(mixing)),
            tuple(sorted(scene.on_beat.notes)),
            bool(scene.name),
            tuple((name, places[name]) for name in played),
            tuple(pattern.name for pattern in scene.on_beat.patterns),
            scene.voices,
        )

    def parameters(self, kinds: Kinds, effects: Effects) -> Iterator[tuple[str, Parameter]]:
        """All parameters, by `instrument.parameter` or `bus.parameter`."""
        for name, kind in self.instruments:
            for parameter in kinds[kind].parameters:
                yield f"{name}.{parameter.name}", parameter
        for name, kind in self.buses:
            for parameter in effects[kind].parameters:
                yield f"{name}.{parameter.name}", parameter
        allowed = layer_parameters(name for name, _ in self.buses)
        for name, used in self.mixing:
            yield f"{name}.{used}", allowed[used]
        for name in self.patterns:
            for parameter in PATTERN_PARAMETERS:
                yield f"{name}.{parameter.name}", parameter


def _known(setups: Iterable[InstrumentSetup], kinds: Mapping[str, object]) -> dict[str, str]:
    known: dict[str, str] = {}
    for setup in setups:
        if setup.kind in kinds:
            known.setdefault(setup.name, setup.kind)
    return known
