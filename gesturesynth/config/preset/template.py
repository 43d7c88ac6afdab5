"""A starter preset: a commented text, and examples with which it plays at once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.output_schema import RESERVED
from gesturesynth.config.yaml.types import Text, format_quantity, unknown_name
from gesturesynth.core.errors import UserError
from gesturesynth.core.units import from_unit
from gesturesynth.features.catalogue import feature
from gesturesynth.mapping.examples.dataset import Examples, examples_from_rows
from gesturesynth.synthesis.instruments.base import LEVEL, Parameter
from gesturesynth.synthesis.instruments.known import known_instruments
from gesturesynth.synthesis.instruments.table import InstrumentTable

_LEVEL_DB: Final = (-40.0, -9.0)
"""From hardly audible to the level of the loudest shipped preset."""
_STEPS: Final = (0.0, 1 / 3, 2 / 3, 1.0)
"""Positions of each feature in the examples: fine enough that every pose between them has confidence 1."""


@dataclass(frozen=True)
class _Move:
    """A feature that moves a parameter over a range."""

    feature: str
    parameter: Parameter
    low: float
    high: float

    @property
    def output(self) -> str:
        return f"{self.parameter.name}_" if self.parameter.name in RESERVED else self.parameter.name

    def value(self, position: float) -> float:
        return float(from_unit(np.array(position), self.low, self.high, self.parameter.warp))


def starter_preset(name: str, instrument: str) -> str:
    """The text of a starter preset. It loads, and with `starter_examples` beside it, it plays.

    Args:
        name: the piece's name, for people.
        instrument: a kind of instrument.

    Raises:
        UserError: there is no such instrument, or the name cannot be one.
    """
    kinds = known_instruments().tables
    if instrument not in kinds:
        raise UserError(unknown_name(instrument, "an instrument", tuple(kinds)))
    try:
        title = Text(80).check(name)
    except ValueError as error:
        raise UserError(f"this cannot be the name of a preset: {error}") from error
    if not title.isprintable():
        raise UserError("this cannot be the name of a preset: it holds characters that cannot be printed")
    player = kinds[instrument]
    moves = _moves(player)
    paragraphs = (
        _head(title, player),
        _features(moves),
        _outputs(moves, instrument),
        _snapshots(moves),
        _classes(player),
        _instrument(player, moves),
        _idle_and_master(),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, paragraphs) if lines) + "\n"


def starter_examples(preset: Preset) -> Examples:
    """Examples for a preset whose features each move the output at the same place, as those of `new` do.

    They spread evenly over the ranges of the features. The first class belongs to a raised right wrist, the second to a
    raised left one, the last to everything else.
    """
    moved = list(zip(map(feature, preset.features), preset.mapping_outputs(), strict=True))
    labels = [*preset.classes]
    rows: list[tuple[int, str, NDArray[np.float64], NDArray[np.float64]]] = []
    for positions in itertools.product(_STEPS, repeat=len(moved)):
        x = [f.low + (f.high - f.low) * position for (f, _), position in zip(moved, positions, strict=True)]
        y = [output.value(position) for (_, output), position in zip(moved, positions, strict=True)]
        label = labels[-1] if labels else ""
        if len(labels) > 2 and abs(positions[0] - positions[-1]) > 0.5:
            label = labels[0] if positions[0] > positions[-1] else labels[1]
        # Two takes, so that a model can be checked on the one that it was not fitted to.
        rows.append((len(rows) % 2 + 1, label, np.array(x), np.array(y)))
    return examples_from_rows(rows, preset.features, [output.name for output in preset.outputs])


def _moves(player: InstrumentTable) -> list[_Move]:
    """The first two parameters and the level, each with a feature of its own."""
    first = [parameter for parameter in player.parameters if parameter.name != LEVEL.name][:2]
    features = ("right_wrist.height", "hands.distance")
    moves = [_Move(feature, p, p.low, p.high) for feature, p in zip(features, first, strict=False)]
    return [*moves, _Move("left_wrist.height", LEVEL, *_LEVEL_DB)]


def _head(title: str, player: InstrumentTable) -> Iterator[str]:
    yield f"# {title}. Everything that may stand in a preset: docs/presets.md."
    yield "# `gesturesynth preset check FILE` tells what is wrong. Saving the file while it plays is heard at once."
    yield f"name: {json.dumps(title, ensure_ascii=False)}"
    yield f"about: {json.dumps(player.about, ensure_ascii=False)}"


def _features(moves: list[_Move]) -> Iterator[str]:
    yield "# What is looked at in the body. `gesturesynth features` lists everything there is."
    yield f"features: [{', '.join(move.feature for move in moves)}]"


def _outputs(moves: list[_Move], instrument: str) -> Iterator[str]:
    yield "# What the body moves: a name of your own, and the parameter that it goes to."
    yield "outputs:"
    for move in moves:
        parameter = move.parameter
        shown = f"'{parameter.unit}'" if parameter.unit == "%" else parameter.unit  # a text must not begin with %
        unit = f", unit: {shown}" if shown else ""
        yield f"  # {parameter.help}"
        yield (
            f"  {move.output}: {{to: {instrument}.{parameter.name}, range: [{move.low:g}, {move.high:g}]{unit}, "
            f"warp: {parameter.warp}, glide: {format_quantity(parameter.glide_s, 's')}}}"
        )
    if any(move.parameter.pitch for move in moves):
        yield ""
        yield "# Without the # in front of it, this keeps the pitch to a scale. `gesturesynth scales` lists them."
        yield "# scale: A minor pentatonic"
    yield ""
    yield "# How features become outputs: rbf passes by every example and runs straight between them."
    yield "model: auto"


def _snapshots(moves: list[_Move]) -> Iterator[str]:
    yield "# Sounds to teach: a number key plays one while you find a pose for it, space records the pose, t trains."
    yield "snapshots:"
    for key, position in ((1, 0.25), (2, 0.75)):
        values = ", ".join(f"{move.output}: {move.value(position):.4g}" for move in moves)
        yield f"  {key}: {{{values}}}"


def _classes(player: InstrumentTable) -> Iterator[str]:
    struck = player.triggers[:2]
    if struck:
        yield "# Poses that strike something: l chooses one, space records it, t trains. `none` is for all others."
        yield "classes:"
        for trigger in struck:
            yield f"  {trigger.name}: {{trigger: {player.kind}.{trigger.name}}}  # {trigger.help}"
        yield "  none:"


def _instrument(player: InstrumentTable, moves: list[_Move]) -> Iterator[str]:
    yield "# The instrument, and what stays as it is about it. These are its defaults."
    yield "instruments:"
    yield f"  {player.kind}:"
    moved = {move.parameter.name for move in moves}
    for parameter in player.parameters:
        if parameter.name not in moved:
            low, high = (format_quantity(end, parameter.unit) for end in (parameter.low, parameter.high))
            yield f"    # {parameter.help} {low} to {high}."
            yield f"    {parameter.name}: {format_quantity(parameter.default, parameter.unit)}"


def _idle_and_master() -> Iterator[str]:
    yield "# When no person is in view: the last sound is held, then all outputs go to their idle values."
    yield f"idle: {{after: 0.5 s, glide: 1.5 s, {LEVEL.name}: {_LEVEL_DB[0]:g} dB}}"
    yield ""
    yield "# The end of the chain: the loudness that the piece is held to, and the ceiling that no peak exceeds."
    yield "master: {loudness: -18 LUFS, gain: 0 dB, ceiling: -3 dB, fade_in: 2 s}"
