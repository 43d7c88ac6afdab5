"""One loudspeaker is as loud as two, for every instrument: nothing that both sides have in common is cancelled."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import Instrument
from gesturesynth.synthesis.measuring import loudness_lufs
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout
from tests.support.stub_instruments import scene, sound

pytestmark = pytest.mark.slow("minutes of sound")

RATE = 48000
SECONDS = 4
ALIKE_LU = 1.5
"""Between one loudspeaker and two."""
INSTRUMENTS = catalogue()


def heard(kind: type[Instrument], layout: SpeakerLayout) -> np.ndarray:
    """What an instrument plays at its defaults, struck twice a second where it has triggers; float64 (frames, 2)."""
    triggers = tuple(f"it.{trigger.name}" for trigger in kind.triggers)
    of = scene(InstrumentSetup("it", kind.kind, {"level": -6.0}), triggers=triggers, loudness_lufs=-6.0)
    blocks = []
    with OfflineEngine(layout=layout) as engine:
        for half in range(2 * SECONDS):
            engine.apply(sound(of, trigger_counts=(half,) * len(triggers)))
            blocks.append(engine.render(RATE // 2))
    played = np.concatenate(blocks).astype(np.float64)
    return played if layout.channels == 2 else np.pad(played, ((0, 0), (0, 1)))


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_an_instrument_is_as_loud_from_one_loudspeaker_as_from_two(name: str) -> None:
    both, one = (loudness_lufs(heard(INSTRUMENTS[name], layout)) for layout in (STEREO, SpeakerLayout(1)))
    if both == -np.inf:
        assert one == -np.inf, "it plays nothing by itself"
        return
    assert one == pytest.approx(both, abs=ALIKE_LU)
