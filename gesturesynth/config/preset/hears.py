"""Whether a preset listens to the microphone. Pure."""

from __future__ import annotations

from dataclasses import replace

from gesturesynth.config.preset.model import Preset
from gesturesynth.features.catalogue import columns
from gesturesynth.features.computed.definition import of_column
from gesturesynth.features.expressions.syntax import sources
from gesturesynth.runtime.ear_reading import EAR, NAMES
from gesturesynth.runtime.inputs import EAR_ADDRESS, InputSetup


def with_ear(preset: Preset) -> Preset:
    """The preset with the microphone among its inputs, where any of its features comes from there."""
    definitions = (of_column(column) for column in columns(preset.named_features))
    named = {source.partition(".")[0] for one in definitions if one for source in sources(one.tree)}
    if EAR not in named:
        return preset
    return replace(preset, inputs=(*preset.inputs, InputSetup(EAR, EAR_ADDRESS, len(NAMES))))
