"""Small instruments with known sound, for tests of what is around instruments. As a program: an engine with them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.runtime.service import Service
from gesturesynth.synthesis.audio.backends import AudioSettings
from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.process import EngineSettings, run_engine
from gesturesynth.synthesis.pyo_loader import PyoClasses
from gesturesynth.synthesis.space.layout import SpeakerLayout

if TYPE_CHECKING:
    from pyo import PyoObject

PITCH = Parameter("pitch", "Hz", 20.0, 5000.0, "exp", 440.0, 0.05, "The tone.")


class Tone(Instrument):
    """A sine; `hit` sends a click of one sample's width. `level` is its amplitude."""

    kind: ClassVar[str] = "tone"
    about: ClassVar[str] = "A sine."
    parameters: ClassVar[tuple[Parameter, ...]] = (PITCH, LEVEL)
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger("hit", "Three times as loud for a moment."),)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        self.hits = 0
        self.table = pyo.LinTable([(0, 1.0), (8191, 0.0)])
        self.trigger = pyo.Trig().stop()
        self.bump = pyo.TrigEnv(self.trigger, self.table, dur=0.1, mul=2.0)
        self.gain = pyo.DBToA(controls["level"]) * (self.bump + 1)
        self.sine = pyo.Sine(controls["pitch"], mul=self.gain)
        return self.sine.mix(2)

    def fire(self, trigger: str) -> None:
        assert trigger == "hit"
        self.trigger.play()


class LoudTone(Instrument):
    """A sine of amplitude `gain`, far beyond what an instrument may do."""

    kind: ClassVar[str] = "shout"
    about: ClassVar[str] = "Too loud."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        PITCH,
        Parameter("gain", "x", 0.0, 1e30, "lin", 10.0, 0.01, "Amplitude."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        self.sine = pyo.Sine(controls["pitch"], mul=controls["gain"])
        return self.sine.mix(2)


class NanTone(Instrument):
    """A sine until `state` rises above 0.5; then infinite, and as minus infinity joins at 1.5, not a number."""

    kind: ClassVar[str] = "ill"
    about: ClassVar[str] = "Gives NaN."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("state", "", 0.0, 2.0, "lin", 0.0, 0.005, "Health."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        self.huge = pyo.Sig(3e38)
        self.rise = pyo.Compare(controls["state"], 0.5, mode=">") * self.huge * 1e9
        self.fall = pyo.Compare(controls["state"], 1.5, mode=">") * self.huge * -1e9
        self.sine = pyo.Sine(300, mul=0.1) + self.rise + self.fall
        return self.sine.mix(2)


class CyclicTone(Instrument):
    """Refers to itself, so that only a garbage collection ends it, and plays around the master: both are forbidden."""

    kind: ClassVar[str] = "ring"
    about: ClassVar[str] = "Badly made."
    parameters: ClassVar[tuple[Parameter, ...]] = (LEVEL,)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        self.sine = pyo.Sine([200, 200], mul=0.9).out()
        self.again = self
        return self.sine * 0.1


class Unbuildable(Instrument):
    """Needs something that is not there."""

    kind: ClassVar[str] = "unbuildable"
    about: ClassVar[str] = "Missing a file."
    parameters: ClassVar[tuple[Parameter, ...]] = (LEVEL,)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        raise GestureSynthError("its sound file is missing")


KINDS: dict[str, type[Instrument]] = {stub.kind: stub for stub in (Tone, LoudTone, NanTone, CyclicTone, Unbuildable)}


def settle(engine: OfflineEngine) -> None:
    """Renders a quarter of a second at 48 kHz: past the fade-in and the crossfade of the first rack."""
    engine.render(12_000)


def scene(*instruments: InstrumentSetup, moved: Mapping[str, float] | None = None, **more: Any) -> Scene:
    """A scene of these instruments; `moved` are the parameters with their glides in seconds."""
    moved = moved or {}
    settings: dict[str, Any] = {"preset": "toys", "fade_in_s": 0.01} | more
    return Scene(instruments=instruments, parameters=tuple(moved), glides_s=tuple(moved.values()), **settings)


def tone(name: str = "tone", level: float = -12.0, **fixed: float) -> InstrumentSetup:
    """A setup of the kind `tone`."""
    return InstrumentSetup(name, "tone", {"level": level} | fixed)


def sound(of: Scene, *values: float, **more: Any) -> Sound:
    """A sound of the scene at the parameters' values."""
    return Sound(capture_time_s=0.0, scene=of, values=values, **more)


def main(audio: Any, record: str = "", many_racks: str = "1000", device: str = "", channels: str = "2") -> int:
    """An engine: `python -m tests.support.stub_instruments AUDIO [RECORD [MANY_RACKS [DEVICE [CHANNELS]]]]`."""
    log.configure("engine")
    file = Path(record) if record else None
    wanted = AudioSettings(audio, device, layout=SpeakerLayout(int(channels)))
    settings = EngineSettings(wanted, file, record_format="float", many_racks=int(many_racks))
    with Service() as service:
        return run_engine(settings, service, KINDS)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
