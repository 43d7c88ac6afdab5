"""The stage: one rack plays, and another takes its place without a gap when the scene changes.

Nothing is built when only values, glides, fixed parameters or the master change. When instruments come or go, the new
rack is built beside the old one, both are crossfaded, and the old one is taken down.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gesturesynth.runtime.messages import Scene
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.rack import Kinds, Rack, structure

if TYPE_CHECKING:
    from pyo import Server, Stream

CROSSFADE_S: Final = 0.1


@dataclass
class _MixerInput:
    """A rack in the mixer: the pyo streams that its building made, and the sample at which it may be taken down."""

    key: int
    rack: Rack
    streams: list[Stream]
    gone_at: int = 0


class SceneMixer:
    """Holds the racks, and the mixer behind them.

    Args:
        server: the booted pyo server.
        kinds: the instruments there are.

    Attributes:
        output: pyo object of two streams, left and right, always finite.
        raw: pyo object of two streams: the sum of what the instruments gave, before any guard.
        scene: what plays; None before the first.
        racks_built: how many there were.
    """

    def __init__(self, server: Server, kinds: Kinds) -> None:
        pyo = load_pyo()
        self._server = server
        self._kinds = kinds
        present = len(server.getStreams())
        self._mixer = pyo.Mixer(outs=1, chnls=4, time=CROSSFADE_S)
        self._anchor = server.getStreams()[present]
        streams = self._mixer.getBaseObjects()
        self.output = pyo.Dummy(streams[:2])
        self.raw = pyo.Dummy(streams[2:])
        self.scene: Scene | None = None
        self._playing: _MixerInput | None = None
        self._leaving: list[_MixerInput] = []
        self.racks_built = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what the scene asks for and cannot have."""
        return self._playing.rack.notes if self._playing else ()

    def apply(self, scene: Scene, values: Sequence[float]) -> None:
        """Makes `scene` the one that plays, with `values` for its parameters. Cheap when it is the same as before."""
        if self._playing and scene == self.scene:
            self._playing.rack.set(values)
            return
        self.scene = scene
        if self._playing and self._playing.rack.structure == structure(scene, self._kinds):
            self._playing.rack.retune(scene, self._kinds)
            self._playing.rack.set(values)
            return
        self._exchange(scene, values)

    def _exchange(self, scene: Scene, values: Sequence[float]) -> None:
        present = len(self._server.getStreams())
        rack = Rack(scene, values, self._kinds)
        made = list(self._server.getStreams()[present:])
        for stream in made:
            if stream.isOutputting():
                # An instrument that connects itself to the loudspeakers would get around the master.
                stream.getStreamObject().play()
            self._move_before_mixer(stream)
        self.racks_built += 1
        key = self.racks_built
        self._mixer.addInput(key, rack.output)
        self._mixer.setAmp(key, 0, 1.0)
        if self._playing:
            self._mixer.setAmp(self._playing.key, 0, 0.0)
            fade = round(CROSSFADE_S * self._server.getSamplingRate()) + 2 * self._server.getBufferSize()
            self._playing.gone_at = self._server.getCurrentTimeInSamples() + fade
            self._leaving.append(self._playing)
        self._playing = _MixerInput(key, rack, made)

    def _move_before_mixer(self, stream: Stream) -> None:
        # pyo computes streams in the order of their making; a rack behind the mixer would be a buffer late.
        references = sys.getrefcount(stream)
        self._server._server.changeStreamPosition(self._anchor, stream)  # noqa: SLF001 - pyo has no public way
        if sys.getrefcount(stream) < references:
            # pyo 1.1.0 forgets to count the list's reference again: without this the stream would be freed in use.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(stream))

    def fire(self, trigger: str) -> bool:
        """Strikes `instrument.trigger` of the rack that plays; returns whether there is such a thing."""
        return self._playing is not None and self._playing.rack.fire(trigger)

    def remove_faded(self) -> None:
        """Takes down the racks that have faded out. Call it often."""
        now = self._server.getCurrentTimeInSamples()
        while self._leaving and self._leaving[0].gone_at <= now:
            voice = self._leaving.pop(0)
            self._mixer.delInput(voice.key)
            made = {stream.getId() for stream in voice.streams}
            del voice
            # An instrument whose objects refer to each other in a circle outlives its rack while garbage is not
            # collected: at least it shall not be computed any more.
            for stream in list(self._server.getStreams()):
                if stream.getId() in made:
                    stream.getStreamObject().stop()

    def broken(self) -> tuple[str, ...]:
        """Names of the instruments that do not give numbers any more."""
        voices = [*self._leaving, self._playing] if self._playing else self._leaving
        return tuple(name for voice in voices for name in voice.rack.broken())
