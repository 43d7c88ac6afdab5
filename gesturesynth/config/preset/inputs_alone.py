"""Whether a preset is played by numbers of other programs alone, so that it needs neither camera nor tracker. Pure."""

from __future__ import annotations

from gesturesynth.config.preset.model import Preset
from gesturesynth.features.computed.definition import label


def by_inputs_alone(preset: Preset) -> bool:
    """Whether all that a preset looks at is inputs. A computed feature counts as one of the body."""
    received = {one.name for one in preset.inputs}
    return bool(received) and all(label(name).partition(".")[0] in received for name in preset.named_features)
