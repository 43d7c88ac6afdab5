"""Looper: plays again what the other instruments just played, round and round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

import numpy as np

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loop_memory import laid_over
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.made_samples import RATE_HZ, made_samples
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyo import PyoObject

LONGEST_S: Final = 20.0
"""Of a loop. Memory for two takes 15 MB, and 10 ms to be made while others play; 30 s took 27 ms."""
SHORTEST_S: Final = 0.1
SEAM_S: Final = 0.02
"""The end of a loop is crossed with its beginning."""
_FADE_S: Final = 0.03
_FOREVER_S: Final = 600.0
_TRIM_DB: Final = 3.5
_MAKEUP_DB: Final = 1.0
_PITCH_TRIM_DB: Final = ((0.25, 5.0), (0.5, 2.0), (1.0, 0.0), (4.0, 0.0))


class _Layer(NamedTuple):
    """What was recorded over the loop and is still to be laid over it: see `laid_over`, in samples of the loop."""

    recorded: int
    first: int
    size: int
    begin: float
    speed: float
    keep: float


class LoopInstrument(Instrument):
    """Records what the other instruments of the piece give to the master, never itself, and repeats it.

    `record` begins, and again ends: the loop goes round from then on, as long as it was recorded, to the sample.
    `overdub` does the same over the loop, while it is heard. What is recorded is in memory only, and gone with the
    piece, and with `clear`.

    Loudness at level 0 dB: that of what was recorded; of the loop that it brings, in every corner: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "looper"
    about: ClassVar[str] = "Plays again what the other instruments just played, round and round."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("speed", "x", 0.25, 4.0, "exp", 1.0, 0.05, "2 is twice as fast, and an octave up.", pitch=True),
        Parameter("start", "", 0.0, 0.9, "lin", 0.0, 0.02, "Where in the loop a round begins."),
        Parameter("length", "", 0.05, 1.0, "exp", 1.0, 0.02, "How much of the loop a round has."),
        Parameter("fade", "s", 30.0, 600.0, "exp", 600.0, 0.1, "Until old layers have faded; 600 s: never."),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger("record", "Begins to record; again: ends, and plays."),
        Trigger("overdub", "Begins to record over the loop; again: ends."),
        Trigger("play", "Plays from the beginning; ends a recording."),
        Trigger("stop", "Stops; the loop is kept."),
        Trigger("clear", "Forgets the loop."),
    )
    sounds_help: ClassVar[str] = "A loop to begin with: the first file, at most 20 s of it."
    listens: ClassVar[bool] = True
    struck_alone: ClassVar[tuple[str, ...] | None] = ()

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = self._control = graph.private_streams(controls)
        self._rate_hz = float(control["speed"].getSamplingRate())
        self._most = round(LONGEST_S * self._rate_hz)
        self._tables = [graph.DataTable(self._most, chnls=2) for _ in range(2)]
        self._current = 0
        self._recording = self._overdubbing = False
        self._began = 0
        self._layer: _Layer | None = None
        self._frames = self._brought()

        heard = self.heard if self.heard is not None else graph.Sig([0.0, 0.0])
        self._recorders = [graph.TableRec(heard, table, fadetime=0.005).stop() for table in self._tables]
        self._loop_s = graph.Sig(max(self._frames / self._rate_hz, SHORTEST_S))
        self._open = graph.SigTo(1.0 if self._frames else 0.0, time=_FADE_S, init=0.0)
        # A round may not go beyond the loop; the seam lies behind its end, where recording went on.
        part = graph.Min(control["length"], control["start"] * -1 + 1)
        self._round_s = graph.Max(part * self._loop_s, SHORTEST_S)
        seam = SEAM_S * 100.0 / (self._round_s + SEAM_S)
        self._looper = graph.Looper(
            self._tables[0],
            pitch=control["speed"],
            start=control["start"] * self._loop_s,
            dur=self._round_s + SEAM_S,
            xfade=seam,
            xfadeshape=1,
            startfromloop=True,
            interp=4,
        )
        self._place = graph.Dummy(self._looper["time"].getBaseObjects()[:1])
        self._renewed = graph.Trig().stop()
        hold = graph.LinTable([(0, 1.0), (8, 1.0)], size=8)
        fresh = graph.TrigEnv(self._renewed, hold, dur=0.05, interp=NO_INTERPOLATION)
        faded = graph.Port(fresh, 0.005, control["fade"] * (1 / 6.9), init=1.0)
        stays = graph.Clip((control["fade"] - (_FOREVER_S - 50.0)) * 0.02, 0.0, 1.0)
        self._left = stays + (stays * -1 + 1) * faded
        loud = self._left * self._open
        trim_db = curve(graph, control["speed"], _PITCH_TRIM_DB, "exp") + _TRIM_DB
        sound = graph.DCBlock(self._looper * loud + denormal_guard(graph)) * graph.DBToA(trim_db)
        played = graph.DCBlock(graph.Tanh(steadied(graph, sound))) * gain(graph, control["level"], _MAKEUP_DB)
        return add_reverb(graph, played, wet=0.08, decay_s=1.2, cutoff_hz=6000, size=0.9)

    # ---------------------------------------------------------------------------------------------------------- memory
    def _samples(self, table: int) -> list[NDArray[np.float32]]:
        return [np.asarray(self._tables[table].getBuffer(channel)) for channel in range(2)]

    def _brought(self) -> int:
        """Fills the loop with the first of `sounds`, or where nothing else plays with one of its own; its samples."""
        if self.sounds:
            source = self.sounds[0].table
            rows = [np.asarray(source.getBuffer(channel % len(source.getBaseObjects()))) for channel in range(2)]
        elif self.heard is None:
            rows = _phrase(RATE_HZ / self._rate_hz)
        else:
            return 0
        frames = min(len(rows[0]), self._most - round(SEAM_S * self._rate_hz))
        for memory, row in zip(self._samples(0), rows, strict=True):
            memory[:frames] = row[:frames]
            # Behind its end the loop goes on with its beginning.
            memory[frames : frames + round(SEAM_S * self._rate_hz)] = 0.0
        return frames

    @property
    def busy(self) -> bool:
        """While it records it may not be suspended, however silent it is; a recording ends with its table."""
        return (self._recording or self._overdubbing) and self._now() - self._began < self._most

    # -------------------------------------------------------------------------------------------------------- triggers
    def fire(self, trigger: str) -> None:
        """Records, plays, forgets. Raises KeyError for a name that is not in `triggers`."""
        {
            "record": self._record,
            "overdub": self._overdub,
            "play": self._play,
            "stop": self._stop,
            "clear": self._clear,
        }[trigger]()

    def _record(self) -> None:
        if self._overdubbing:
            self._end_overdub()
        if not self._recording:
            self._layer = None  # of a loop that is given up
            self._began = self._now() + self.due  # first: another thread asks whether it is busy
            self._recording = True
            self._open.setValue(0.0)
            self._recorders[self._current].stop()
            self._recorders[1 - self._current].play()
            return
        self._recording = False
        self._current = 1 - self._current
        seam = round(SEAM_S * self._rate_hz)
        # The recorder goes on behind the end: that is what the seam is made of.
        recorded = min(self._now() + self.due - self._began, self._most - seam)
        self._frames = max(recorded, round(SHORTEST_S * self._rate_hz))
        self._loop_s.setValue(self._frames / self._rate_hz)
        self._looper.setTable(self._tables[self._current])  # silent since recording began
        self._begin_round()

    def _overdub(self) -> None:
        if self._recording or not self._frames:
            self._record()
        elif self._overdubbing:
            self._end_overdub()
        else:
            self.tidy()
            self._began = self._now()
            self._overdubbing = True
            self._begin_place = self._reading()
            self._recorders[self._current].stop()
            self._recorders[1 - self._current].play()
            self._open.setValue(1.0)

    def _end_overdub(self) -> None:
        self._overdubbing = False
        self._recorders[1 - self._current].stop()
        recorded = min(self._now() - self._began, self._most)
        if recorded < 2 or self._round_s.get() <= 0.0:  # suspended: its streams give zeros
            return
        first = self._first()
        size = min(max(round(self._round_s.get() * self._rate_hz), 1), self._frames - first)
        keep = min(max(self._left.get(), 0.0), 1.0)
        self._layer = _Layer(recorded, first, size, self._begin_place, self._control["speed"].get(), keep)

    def tidy(self) -> None:
        """Lays what was recorded over the loop, 1 to 2 ms for a second of it."""
        layer, self._layer = self._layer, None
        if layer is None:
            return
        seam = round(SEAM_S * self._rate_hz)
        tables = self._samples(self._current), self._samples(1 - self._current)
        for loop, more in zip(*tables, strict=True):
            laid_over(
                loop[layer.first : layer.first + layer.size + seam],
                more[: layer.recorded],
                seam=seam,
                begin=layer.begin,
                speed=layer.speed,
                keep=layer.keep,
                reading=self._first() + self._reading() - layer.first,
                rate_hz=self._rate_hz,
            )
        self._renewed.play()

    def _play(self) -> None:
        if self._recording:
            self._record()
        else:
            self._begin_round()

    def _begin_round(self) -> None:
        if self._frames:
            self._looper.loopnow()  # crosses to the beginning; `reset` would break off
            self._renewed.play()
            self._open.setValue(1.0)

    def _stop(self) -> None:
        if self._recording:
            self._record()
        if self._overdubbing:
            self._end_overdub()
        self._open.setValue(0.0)

    def _clear(self) -> None:
        for recorder in self._recorders:
            recorder.stop()
        self._recording = self._overdubbing = False
        self._frames = 0
        self._layer = None
        self._open.setValue(0.0)

    def _now(self) -> int:
        """The engine's time in samples."""
        return int(self._looper.getServer().getCurrentTimeInSamples())

    def _first(self) -> int:
        """Where in the loop a round begins, in samples."""
        return min(round(self._control["start"].get() * self._frames), self._frames - 1)

    def _reading(self) -> float:
        """Where the round is read, in samples from its beginning."""
        return self._place.get() * self._round_s.get() * self._rate_hz


def _phrase(rate: float) -> list[NDArray[np.float32]]:
    """Four notes in two seconds, left and right in turn: what it repeats where there is nothing to record."""
    sounds = dict(made_samples()[1::2])
    _, reed = list(sounds.items())[1]
    step = RATE_HZ // 2
    sides = np.zeros((2, 4 * step), np.float32)
    for number, ratio in enumerate((1.0, 1.5, 1.25, 2.0)):
        note = reed[(np.arange(int(step * 0.98)) * ratio * rate).astype(int)].copy()
        note[-2400:] *= np.linspace(1.0, 0.0, 2400, dtype=np.float32)
        for side, row in enumerate(sides):
            row[number * step : number * step + len(note)] = note * (1.0 if side == number % 2 else 0.6)
    return list(sides)
