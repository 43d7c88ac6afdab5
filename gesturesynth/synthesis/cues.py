"""Cues: short sounds that confirm a command to a player who cannot look at the screen.

They are made by numpy when the engine starts, and fired by counters in `Sound`, like triggers. They join the
instruments in front of the master, so its ceiling, its volume and its mute hold for them, too, while the `level` of an
instrument does not. Reading the table (`CUES`) needs no audio library.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.units import db_to_gain
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, table
from gesturesynth.synthesis.pyo_loader import load_pyo

if TYPE_CHECKING:
    from pyo import Server, Trig

LOUDNESS_LUFS: Final = -24.0
"""Momentary loudness of a cue: 8 dB below what an instrument gives at `level` 0 dB."""
TICK_LUFS: Final = -30.0
"""The tick is repeated, and so short that at the loudness of the others its peak would stand out."""

_WINDOW_S: Final = 0.4
_OFFSET_DB: Final = -0.691  # ITU-R BS.1770-5, annex 1, equation 2
# The same, tables 1 and 2: the two stages of K-weighting at 48 kHz, numerator and denominator.
_STAGES: Final = (
    ((1.53512485958697, -2.69169619938640, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
_STAGES_HZ: Final = 48000.0

_ATTACK_S: Final = 0.004
_RELEASE_S: Final = 0.012
"""Raised cosines at both ends of a note: no click."""
_VOICES: Final = 2
"""So that a cue that is fired again while it sounds does not cut itself off."""


@dataclass(frozen=True)
class CueNote:
    """One tone of a cue.

    Attributes:
        start_s: within the cue.
        length_s: how long it sounds.
        from_hz, to_hz: its pitch, gliding by equal ratios.
        fall_s: its level falls by 8.7 dB in this time.
        partials: (multiple of the pitch, amplitude), each.
        amplitude: against the cue's other notes.
    """

    start_s: float
    length_s: float
    from_hz: float
    to_hz: float
    fall_s: float = 0.08
    partials: tuple[tuple[float, float], ...] = ((1.0, 1.0), (2.0, 0.15), (4.0, 0.1))
    amplitude: float = 1.0


def _struck_note(
    start_s: float, length_s: float, pitch_hz: float, fall_s: float = 0.08, amplitude: float = 1.0
) -> CueNote:
    return CueNote(start_s, length_s, pitch_hz, pitch_hz, fall_s, amplitude=amplitude)


_WOOD: Final = ((1.0, 1.0), (2.76, 0.5), (5.4, 0.2))  # a free bar's modes (Rossing, The Physics of Musical Instruments)
_REED: Final = ((1.0, 1.0), (2.0, 0.6), (3.0, 0.7), (4.0, 0.4), (5.0, 0.5), (7.0, 0.3))

# They differ in the number of notes, in direction and in timbre: pitch alone is not enough beside an instrument that
# plays at any pitch. Most energy is from 500 Hz to 2 kHz, which small loudspeakers can play.
_NOTES: Final[dict[str, tuple[CueNote, ...]]] = {
    # Recording: dry knocks, then up a fifth; down a fifth at the end; the same note twice once the take is saved.
    "tick": (CueNote(0.0, 0.07, 920.0, 920.0, 0.025, _WOOD),),
    "start": (_struck_note(0.0, 0.12, 659.3), _struck_note(0.1, 0.25, 987.8, 0.12)),
    "end": (_struck_note(0.0, 0.12, 987.8), _struck_note(0.1, 0.25, 659.3, 0.12)),
    "saved": (_struck_note(0.0, 0.1, 1318.5, 0.04), _struck_note(0.12, 0.18, 1318.5, 0.08)),
    # A chord that climbs.
    "trained": (
        _struck_note(0.0, 0.45, 523.3, 0.2),
        _struck_note(0.08, 0.37, 659.3, 0.2),
        _struck_note(0.16, 0.29, 784.0, 0.2),
        _struck_note(0.24, 0.31, 1046.5, 0.15),
    ),
    "selected": (_struck_note(0.0, 0.14, 1760.0, 0.05),),
    # Slides: down for undo, up for a question.
    "undo": (CueNote(0.0, 0.22, 1100.0, 490.0, 0.3),),
    "ask": (_struck_note(0.0, 0.09, 587.3), CueNote(0.14, 0.26, 587.3, 1174.7, 0.4)),
    "error": (CueNote(0.0, 0.14, 185.0, 185.0, 0.3, _REED), CueNote(0.18, 0.24, 174.6, 174.6, 0.3, _REED)),
}

CUES: Final[tuple[str, ...]] = ("tick", "start", "end", "saved", "trained", "selected", "undo", "error", "ask")
"""The cues there are, in the order of `Sound.cue_counts`."""


def samples(name: str, sample_rate: float) -> NDArray[np.float32]:
    """One cue, as each side plays it.

    Args:
        name: one of CUES; KeyError for anything else.
        sample_rate: Hz.

    Returns:
        Float32, shape (n,), less than 0.6 s, beginning and ending at 0; its loudest 400 ms on two sides have
        LOUDNESS_LUFS (the tick: TICK_LUFS).
    """
    notes = _NOTES[name]
    wanted_lufs = TICK_LUFS if name == "tick" else LOUDNESS_LUFS
    length_s = max(note.start_s + note.length_s for note in notes)
    sound = np.zeros(math.ceil(length_s * sample_rate) + 1)
    for note in notes:
        tone = _tone(note, sample_rate)
        start = round(note.start_s * sample_rate)
        sound[start : start + len(tone)] += tone[: len(sound) - start]
    return np.asarray(sound * db_to_gain(wanted_lufs - _loudness_lufs(sound, sample_rate)), dtype=np.float32)


def _tone(note: CueNote, sample_rate: float) -> NDArray[np.float64]:
    count = round(note.length_s * sample_rate)
    time_s = np.arange(count) / sample_rate
    pitch_hz = note.from_hz * (note.to_hz / note.from_hz) ** (time_s / note.length_s)
    turns = np.concatenate([[0.0], np.cumsum(pitch_hz)[:-1]]) / sample_rate
    highest_hz = max(note.from_hz, note.to_hz)
    wave = sum(
        (
            amplitude * np.sin(2 * np.pi * multiple * turns)
            for multiple, amplitude in note.partials
            if multiple * highest_hz < 0.45 * sample_rate
        ),
        np.zeros(count),
    )
    envelope = np.exp(-time_s / note.fall_s)
    for ramp_s, from_end in ((_ATTACK_S, time_s), (_RELEASE_S, time_s[::-1])):
        envelope = envelope * (0.5 - 0.5 * np.cos(np.pi * np.clip(from_end / ramp_s, 0.0, 1.0)))
    return np.asarray(note.amplitude * envelope * wave)


def _loudness_lufs(sound: NDArray[np.float64], sample_rate: float) -> float:
    """The loudest momentary loudness of `sound` on both sides."""
    # K-weighting by its frequency response: it holds at any sample rate, and needs no filter.
    padded = len(sound) + round(_WINDOW_S * sample_rate)
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(padded, 1 / sample_rate) / _STAGES_HZ)
    response = np.ones_like(turn)
    for numerator, denominator in _STAGES:
        response = response * _polynomial(numerator, turn) / _polynomial(denominator, turn)
    weighted = np.fft.irfft(np.fft.rfft(sound, padded) * response, padded)
    energy = np.concatenate([[0.0], np.cumsum(weighted**2)])
    window = round(_WINDOW_S * sample_rate)
    loudest = float((energy[window:] - energy[:-window]).max()) / window
    return _OFFSET_DB + 10 * math.log10(2 * loudest)


def _polynomial(factors: Sequence[float], turn: NDArray[np.complex128]) -> NDArray[np.complex128]:
    return np.asarray(factors[0] + factors[1] * turn + factors[2] * turn**2)


class Cues:
    """Builds every cue in a booted server, silent until one is fired.

    Args:
        server: the booted pyo server.

    Attributes:
        output: pyo object of two streams, left and right, always finite: exactly 0 while nothing sounds.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        rate = server.getSamplingRate()
        graph = self._graph = Graph(load_pyo())
        self._voices: dict[str, list[_Voice]] = {}
        players = []
        for name in CUES:
            sound = samples(name, rate)
            wave = table(graph, sound)
            self._voices[name] = []
            for _ in range(_VOICES):
                trigger = graph.Trig().stop()
                # Without interpolation: at this duration the last position is exactly the end of the table, and
                # interpolating there would read the entry behind its guard point, whatever its value.
                players.append(graph.TrigEnv(trigger, wave, dur=len(sound) / rate, interp=NO_INTERPOLATION))
                self._voices[name].append(_Voice(trigger, len(sound)))
        both = graph.Mix(players, voices=1)
        self.output = graph.Dummy([stream for _ in "LR" for stream in both.getBaseObjects()])

    def fire(self, name: str) -> None:
        """Plays a cue from the next buffer on; nothing is built. KeyError for a name that is not in CUES.

        When all voices of this cue are sounding, it is left out: cutting one off would click.
        """
        now = self._server.getCurrentTimeInSamples()
        for voice in self._voices[name]:
            if voice.free_at <= now:
                voice.free_at = now + voice.frames + self._server.getBufferSize()
                voice.trigger.play()
                return


@dataclass
class _Voice:
    """What fires one player of a cue, the cue's length, and the sample at which it has ended."""

    trigger: Trig
    frames: int
    free_at: int = 0
