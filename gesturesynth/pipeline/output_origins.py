"""Where the model of each output comes from: what was taught here, or the factory examples; or there is none."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from gesturesynth.config.preset.model import Preset
from gesturesynth.mapping.learning.predictors import FittedMapping

Origin = Literal["taught", "factory", "untaught", "source"]


def output_origins(preset: Preset, mapping: FittedMapping | None, named: Collection[str]) -> dict[str, Origin]:
    """The origin of each output of a preset, by its name.

    `taught`: takes; `factory`: the factory examples; `untaught`: no model, it stays at its idle value or where it is;
    `source`: no model, it follows what the preset names as its `from`.

    Args:
        preset: the preset.
        mapping: its model; None before the first, when nothing can be said: then there are none.
        named: the outputs that the takes in the model name.
    """
    if mapping is None:
        return {}
    fitted = {mapping.outputs[number] for model in mapping.models for number in model.outputs}
    origins: dict[str, Origin] = {}
    for output in preset.outputs:
        modelled: Origin = "taught" if output.name in named else "factory"
        origins[output.name] = "source" if output.source else modelled if output.name in fitted else "untaught"
    return origins
