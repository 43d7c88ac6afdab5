"""The instruments, one file each, and the catalogue of them by kind.

Importing this reads tables only; no audio library is loaded before an instrument is built.
"""

from gesturesynth.synthesis.instruments.arpeggio import Arpeggio
from gesturesynth.synthesis.instruments.base import Instrument
from gesturesynth.synthesis.instruments.bells import Bells
from gesturesynth.synthesis.instruments.bowed import Bowed
from gesturesynth.synthesis.instruments.bowls import Bowls
from gesturesynth.synthesis.instruments.choir import Choir
from gesturesynth.synthesis.instruments.drone import Drone
from gesturesynth.synthesis.instruments.freeze import FreezeInstrument
from gesturesynth.synthesis.instruments.frozen_moments import made_moments
from gesturesynth.synthesis.instruments.granular import Granular
from gesturesynth.synthesis.instruments.looper import LoopInstrument
from gesturesynth.synthesis.instruments.made_samples import made_samples
from gesturesynth.synthesis.instruments.noise import pink_noise, white_noise
from gesturesynth.synthesis.instruments.organ import Organ
from gesturesynth.synthesis.instruments.pad import Pad
from gesturesynth.synthesis.instruments.percussion import Percussion
from gesturesynth.synthesis.instruments.pluck import Pluck
from gesturesynth.synthesis.instruments.pulses import Pulses
from gesturesynth.synthesis.instruments.sampler import Sampler
from gesturesynth.synthesis.instruments.sea import Sea
from gesturesynth.synthesis.instruments.theremin import Theremin
from gesturesynth.synthesis.instruments.wind import Wind


def catalogue() -> dict[str, type[Instrument]]:
    """Every kind of instrument by the name that presets use, in the order in which documents list them."""
    instruments = (
        Theremin,
        Drone,
        Granular,
        Percussion,
        Bells,
        Pluck,
        Choir,
        Bowed,
        Wind,
        Organ,
        Bowls,
        Sea,
        Pad,
        Arpeggio,
        Pulses,
        FreezeInstrument,
        Sampler,
        LoopInstrument,
    )
    return {instrument.kind: instrument for instrument in instruments}


def prepare() -> None:
    """Makes the material that instruments are cut from, about 0.2 s, so that building one while others sound is quick.

    The live engine calls it before it plays; offline rendering takes this time at the first such instrument.
    """
    made_moments()
    made_samples()
    white_noise()
    pink_noise()
