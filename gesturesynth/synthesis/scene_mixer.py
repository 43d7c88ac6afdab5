"""The scene mixer: one rack plays, and when the scene changes the next one replaces it without a gap.

Nothing is built when only values, glides, fixed parameters or the master change. When instruments come or go, or when
another preset wants a crossfade of its own, the new rack is built beside the old one, both are crossfaded at equal
power, and the old one is removed.
"""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gesturesynth.runtime.messages import Scene
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.rack import Rack
from gesturesynth.synthesis.sounds.library import SoundLibrary
from gesturesynth.synthesis.space.fold import PointPanner
from gesturesynth.synthesis.space.headphones import EarPanner
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout
from gesturesynth.synthesis.space.panner import Panner
from gesturesynth.synthesis.structure import Kinds, Structure
from gesturesynth.synthesis.tempo.clock import TempoClock

if TYPE_CHECKING:
    from pyo import PyoObject, Server, SigTo, Stream

CROSSFADE_S: Final = 0.1
"""Unless the scene wants a longer one; a scene that another one interrupts is faded out as fast."""
MOST_FADING: Final = 2
"""Racks that may take their time to fade out: each costs as much as the one that plays."""

_MIXER_S: Final = 0.001
"""The mixer has a ramp of its own, which only delays the fades."""
_NOTHING: Final = -1e-9
"""A second target of a fade out, -176 dB: pyo takes over a new time only together with a new value."""


@dataclass
class _MixerInput:
    """A rack in the mixer.

    Attributes:
        key: of the mixer's input.
        rack: what plays.
        fade: from 0 to 1 and back.
        faded: the rack's output behind it; kept, so that it is computed.
        streams: that the building of all this made.
        silent_at: the sample at which it may be removed.
    """

    key: int
    rack: Rack
    fade: SigTo
    faded: PyoObject
    streams: list[Stream]
    silent_at: int = 0


class SceneMixer:
    """Holds the racks, and the mixer behind them.

    Args:
        server: the booted pyo server.
        kinds: the instruments there are.
        clock: where beats are; one of its own by default.
        layout: the loudspeakers.
        library: the sounds of files; one that reads at once by default.

    Attributes:
        output: pyo object of one stream for each channel that layers are placed in, always finite.
        raw: pyo object of two streams: the sum of what the instruments gave, before any guard.
        scene: what plays; None before the first.
        racks_built: how many there were.
    """

    def __init__(
        self,
        server: Server,
        kinds: Kinds,
        clock: TempoClock | None = None,
        layout: SpeakerLayout = STEREO,
        *,
        library: SoundLibrary | None = None,
    ) -> None:
        pyo = load_pyo()
        self._library = library or SoundLibrary(server.getSamplingRate(), wait=True)
        self._waiting = ""
        self._clock = clock or TempoClock(server)
        self._server = server
        self._kinds = kinds
        self._panner: Panner | EarPanner | PointPanner | None = None
        if layout.shape == "headphones":
            self._panner = EarPanner(pyo, server.getSamplingRate())
        elif layout.channels == 1:
            self._panner = PointPanner()
        elif layout.spatial:
            self._panner = Panner(pyo, layout)
        existing = len(server.getStreams())
        self._mixer = pyo.Mixer(outs=1, chnls=layout.placed + 2, time=_MIXER_S)
        self._anchor = server.getStreams()[existing]
        streams = self._mixer.getBaseObjects()
        self.output = pyo.Dummy(streams[: layout.placed])
        self.raw = pyo.Dummy(streams[layout.placed :])
        self.scene: Scene | None = None
        self._playing: _MixerInput | None = None
        self._fading_out: list[_MixerInput] = []
        self.racks_built = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what the scene names and this version does not have."""
        notes = self._playing.rack.notes if self._playing else ()
        return (*notes, self._waiting) if self._waiting else notes

    def apply(self, scene: Scene, values: Sequence[float], voices: Sequence[float] = ()) -> None:
        """Makes `scene` the one that plays. Cheap when it is the same as before.

        While the sounds of its files are being read, what played before goes on.

        Args:
            scene: what plays.
            values: for its parameters.
            voices: the share of each of its voices.
        """
        if self._playing and scene == self.scene:
            self._waiting = ""
            self._playing.rack.set(values)
            self._playing.rack.set_voices(voices)
            return
        structure = Structure.of_scene(scene, self._kinds, effect_kinds())
        places = [place for _, place in structure.sounds]
        if not self._library.ready(places):
            self._waiting = f"the sounds of '{scene.preset}' are being read"
            return
        self._waiting = ""
        crossfades = self.scene is not None and self.scene.preset != scene.preset and scene.crossfade_in_s > CROSSFADE_S
        self.scene = scene
        if self._playing and not crossfades and self._playing.rack.structure == structure:
            self._playing.rack.retune(scene, self._kinds)
            self._playing.rack.set(values)
            self._playing.rack.set_voices(voices)
            return
        self._crossfade_to(scene, values, voices)

    def _crossfade_to(self, scene: Scene, values: Sequence[float], voices: Sequence[float]) -> None:
        pyo = load_pyo()
        fade_s = max(CROSSFADE_S, scene.crossfade_in_s) if self._playing else CROSSFADE_S
        existing = len(self._server.getStreams())
        rack = Rack(
            self._server,
            scene,
            values,
            self._kinds,
            clock=self._clock,
            panner=self._panner,
            library=self._library,
            voices=voices,
        )
        fade = pyo.SigTo(0.0, time=fade_s, init=0.0)
        # Sine and cosine: the power of sounds that have nothing in common stays the same.
        faded = pyo.Sig(rack.output, mul=pyo.Sin(fade * (math.pi / 2)))
        made = list(self._server.getStreams()[existing:])
        for stream in made:
            if stream.isOutputting():
                # An instrument that connects itself to the loudspeakers would bypass the master.
                stream.getStreamObject().play()
            self._move_before_mixer(stream)
        self.racks_built += 1
        key = self.racks_built
        self._mixer.addInput(key, faded)
        self._mixer.setAmp(key, 0, 1.0)
        fade.setValue(1.0)
        if self._playing:
            self._fade_out(self._playing, fade_s)
        self._playing = _MixerInput(key, rack, fade, faded, made)

    def _fade_out(self, former: _MixerInput, fade_s: float) -> None:
        former.fade.setTime(fade_s)
        former.fade.setValue(0.0)
        former.silent_at = self._samples_until(fade_s)
        self._fading_out.append(former)
        soon = self._samples_until(CROSSFADE_S)
        slow = [one for one in self._fading_out if one.silent_at > soon]
        for one in slow[:-MOST_FADING]:
            one.fade.setTime(CROSSFADE_S)
            one.fade.setValue(_NOTHING)
            one.silent_at = soon

    def _samples_until(self, seconds: float) -> int:
        """The sample at which a fade that begins now has ended for certain."""
        fade = round(seconds * self._server.getSamplingRate()) + 2 * self._server.getBufferSize()
        return self._server.getCurrentTimeInSamples() + fade

    def _move_before_mixer(self, stream: Stream) -> None:
        # pyo computes streams in the order of their making; a rack behind the mixer would be a buffer late.
        references = sys.getrefcount(stream)
        self._server._server.changeStreamPosition(self._anchor, stream)  # noqa: SLF001 - pyo has no public way
        if sys.getrefcount(stream) < references:
            # pyo 1.1.0 does not count the list's reference again: without this the stream would be freed while in use.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(stream))

    def fire(self, trigger: str) -> bool:
        """Fires `instrument.trigger` of the rack that plays; returns whether there is such a trigger."""
        return self._playing is not None and self._playing.rack.fire(trigger)

    def tidy(self) -> None:
        """Removes the racks that have faded out, and suspends instruments that are silent. Call it often."""
        if self._playing:
            self._playing.rack.look()
        now = self._server.getCurrentTimeInSamples()
        gone = [one for one in self._fading_out if one.silent_at <= now]
        self._fading_out = [one for one in self._fading_out if one.silent_at > now]
        while gone:
            self._remove(gone)

    def _remove(self, gone: list[_MixerInput]) -> None:
        """Removes the last one of these from the server, piece by piece.

        Freeing a rack at once takes up to 5 ms, in which neither the audio callback nor another thread gets Python's
        lock.
        """
        faded = gone.pop()
        self._mixer.delInput(faded.key)
        made = {stream.getId() for stream in faded.streams}
        parts = [stream.getStreamObject() for stream in faded.streams]
        for part in parts:
            part.stop()  # none is computed any more: tables, which they read from, go with the rack
        del faded
        while parts:
            parts.pop()  # the last one made is an input of none; the lock may change hands after each
        # An instrument whose objects refer to each other in a circle outlives its rack while garbage is not collected:
        # at least it is not computed any more.
        for stream in list(self._server.getStreams()):
            if stream.getId() in made:
                stream.getStreamObject().stop()

    def broken(self) -> tuple[str, ...]:
        """Names of the instruments whose newest sample is not a number."""
        inputs = [*self._fading_out, self._playing] if self._playing else self._fading_out
        return tuple(name for mixer_input in inputs for name in mixer_input.rack.broken())
