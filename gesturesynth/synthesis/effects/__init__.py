"""Effects: what layers share by sending a part of their sound there (`buses` in a preset).

Other packages use `effect_kinds`. One module for each effect; `base` says what one is. Layer 2, in `synthesis`.
"""

from __future__ import annotations

from gesturesynth.synthesis.effects.base import Effect
from gesturesynth.synthesis.effects.chorus import Chorus
from gesturesynth.synthesis.effects.delay import Delay
from gesturesynth.synthesis.effects.distortion import Distortion
from gesturesynth.synthesis.effects.filter import Filter
from gesturesynth.synthesis.effects.freeze import Freeze
from gesturesynth.synthesis.effects.reverb import Reverb

_KINDS: tuple[type[Effect], ...] = (Reverb, Delay, Chorus, Filter, Distortion, Freeze)


def effect_kinds() -> dict[str, type[Effect]]:
    """All effects by kind, in the order of lists. Does not load pyo."""
    return {kind.kind: kind for kind in _KINDS}
