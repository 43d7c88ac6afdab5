"""The voices of the sampler: notes that are struck, and one sound that goes on and on.

Which sound is heard is decided in Python, in functions that pyo calls while it computes a buffer (`TrigFunc`): a table
cannot be chosen by a stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.reverb import REST
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, table

if TYPE_CHECKING:
    from pyo import Looper, Osc, PyoObject, Sig, SigTo, Trig, TrigEnv

    from gesturesynth.synthesis.sounds.recorded import Sounds

VOICES: Final = 6
"""Notes that ring at once. The one that is struck next but one fades out meanwhile, so that none breaks off."""
_YIELD_S: Final = 0.03
_LEAST_S: Final = 0.02
_SOFTEST: Final = 0.8
"""No two strokes are alike: by chance up to 2 dB softer."""
_MOST_START: Final = 0.95
"""A note begins before this part of its sound, whatever `start` says."""
SEAM_S: Final = 0.06
"""A sound that goes on crosses its end with its beginning."""
TURN_S: Final = 0.06
"""How long one sound that goes on takes over from another."""
_SHAPE: Final = 8192


@dataclass(frozen=True)
class _Note:
    trig: Trig
    osc: Osc
    inside: TrigEnv
    most_attack_s: Sig
    open: SigTo


class StruckNotes:
    """Notes from the place in a sound that `start` says to its end, or until they have faded.

    Args:
        graph: the graph to build in.
        sounds: at least one.
        attack_s, release_s: streams: how long a note takes to rise, and to fade.

    Attributes:
        output: one stream for each voice and channel.
    """

    def __init__(self, graph: Graph, sounds: Sounds, attack_s: PyoObject, release_s: PyoObject) -> None:
        self._sounds = sounds
        self._next = 0
        along = np.arange(_SHAPE) / _SHAPE
        held = np.minimum((1.0 - along) * 50.0, 1.0)
        held[-8:] = 0.0
        gate = table(graph, held.astype(np.float32))
        falling = table(graph, np.linspace(1.0, 0.0, _SHAPE, dtype=np.float32))
        self._notes = []
        outputs = []
        for _ in range(VOICES):
            trig = graph.Trig().stop()
            inside = graph.TrigEnv(trig, gate, dur=1.0, interp=NO_INTERPOLATION)
            left = graph.TrigEnv(trig, falling, dur=release_s, interp=NO_INTERPOLATION)
            most_s = graph.Sig(1.0)
            rise = graph.Clip(
                (1 - left) * release_s / graph.Min(graph.Min(attack_s, release_s * 0.4), most_s), 0.0, 1.0
            )
            force = graph.TrigRand(trig, _SOFTEST, 1.0, init=1.0)
            opened = graph.SigTo(0.0, time=0.002, init=0.0)
            loud = graph.Port(graph.Sig(left * left * rise * inside * opened * force, add=REST), 0.001, 0.001)
            osc = graph.Osc(sounds[0].table, freq=1.0, interp=4)
            self._notes.append(_Note(trig, osc, inside, most_s, opened))
            outputs.append(osc * loud)
        self.output = outputs
        self._rate_hz = float(self._notes[0].osc.getSamplingRate())

    def strike(self, number: int, pitch_hz: float, start: float) -> None:
        """Plays a sound at a pitch, from a part of its length on."""
        sound = self._sounds[number]
        note, soon = self._notes[self._next], self._notes[(self._next + 1) % VOICES]
        self._next = (self._next + 1) % VOICES
        speed = pitch_hz / sound.pitch_hz
        start = min(max(start, 0.0), _MOST_START)
        note.osc.setTable(sound.table)
        note.osc.setFreq(speed * self._rate_hz / sound.frames)
        note.osc.setPhase(start)
        note.osc.reset()
        lasts_s = max((1.0 - start) * sound.frames / self._rate_hz / speed, _LEAST_S)
        note.inside.setDur(lasts_s)
        note.most_attack_s.setValue(lasts_s * 0.4)
        note.open.setTime(0.002)
        note.open.setValue(1.0)
        note.trig.play()
        soon.open.setTime(_YIELD_S)
        soon.open.setValue(0.0)


@dataclass(frozen=True)
class _Loop:
    looper: Looper
    slowness: Sig


class HeldSound:
    """One sound that goes round and round, and another that takes over.

    Args:
        graph: the graph to build in.
        sounds: at least one.
        pitch_hz: a stream.

    Attributes:
        output: two objects, with one stream for each channel.
    """

    def __init__(self, graph: Graph, sounds: Sounds, pitch_hz: PyoObject) -> None:
        self._sounds = sounds
        self._which = 0
        self._turn = graph.SigTo(0.0, time=TURN_S, init=0.0)
        quarter = np.pi / 2
        shares = graph.Cos(self._turn * quarter), graph.Sin(self._turn * quarter)
        self._loops = []
        self.output = []
        for share in shares:
            slowness = graph.Sig(1.0 / sounds[0].pitch_hz)
            looper = graph.Looper(
                sounds[0].table,
                pitch=pitch_hz * slowness,
                dur=1.0,
                xfadeshape=1,
                startfromloop=True,
                interp=4,
            )
            self._loops.append(_Loop(looper, slowness))
            self.output.append(looper * share)
        self._rate_hz = float(self._turn.getSamplingRate())

    def turn_to(self, number: int, start: float) -> None:
        """Lets a sound take over, from a part of its length on."""
        sound = self._sounds[number]
        self._which = 1 - self._which
        loop = self._loops[self._which]
        whole_s = sound.frames / self._rate_hz
        start_s = min(max(start, 0.0), _MOST_START) * whole_s
        long_s = max(whole_s - start_s, _LEAST_S)
        loop.slowness.setValue(1.0 / sound.pitch_hz)
        loop.looper.setTable(sound.table)
        loop.looper.setStart(start_s)
        loop.looper.setDur(long_s)
        loop.looper.setXfade(min(100.0 * SEAM_S / long_s, 50.0))
        loop.looper.reset()
        self._turn.setValue(float(self._which))
