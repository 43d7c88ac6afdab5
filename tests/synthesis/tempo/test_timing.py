"""What instruments take from the clock, in pyo, sample by sample."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.runtime.patterns import OnBeat
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

RATE = 48000


class Clicks(Instrument):
    """Samples of one: left at the ticks of its rate, right at every beat."""

    kind = "clicks"
    about = "For this test."
    parameters = (Parameter("rate", "/s", 0.5, 20.0, "lin", 3.0, 0.02, "Clicks a second."), LEVEL)
    triggers = (Trigger("hit", "One click."),)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        left = self.timing.ticks(graph, "rate", control["rate"])
        self._hit = self.timing.trigger(graph, "hit")
        return graph.Mix([left * 0.5, self.timing.beats(graph, "bar") * 0.5 + self._hit.stream * 0.0], voices=2)

    def fire(self, trigger: str) -> None:
        self._hit.play()


def _onsets(side: np.ndarray) -> np.ndarray:
    """Samples at which clicks begin."""
    loud = np.flatnonzero(np.abs(side) > 0.05)
    return loud[np.r_[True, np.diff(loud) > 400]]


@functools.cache
def _delay() -> int:
    """Samples that the master takes."""
    return int(_onsets(_play(_sound(0.25, Tempo(bpm=60.0)))[:, 0])[0]) % RATE


def _sound(note: float | None, tempo: Tempo, values: tuple[float, ...] = ()) -> Sound:
    fixed = {"level": 0.0} | ({} if note is None or values else {"rate": note})
    scene = Scene(
        "clicks",
        (InstrumentSetup("clicks", "clicks", fixed),),
        ("clicks.rate",) if values else (),
        (0.0,) if values else (),
        on_beat=OnBeat(("clicks.rate",) if note is not None else ()),
        fade_in_s=0.0,
    )
    return Sound(0.0, scene, values, tempo=tempo)


def _play(*sounds: Sound, seconds: float = 4.0) -> np.ndarray:
    with OfflineEngine(RATE, 256, kinds={"clicks": Clicks}) as engine:
        parts = []
        for sound in sounds:
            engine.apply(sound)
            assert engine.notes == ()
            parts.append(engine.render(round(seconds * RATE)))
        return np.concatenate(parts)


def test_a_rate_that_is_a_note_ticks_on_the_grid_and_bars_begin_where_they_should() -> None:
    played = _play(_sound(0.0625, Tempo(bpm=90.0)))
    grid = 60 / 90 / 4 * RATE
    ticks, bars = _onsets(played[:, 0]), _onsets(played[:, 1])
    delay = bars[0] - 16 * grid  # of the master; the first stroke is lost in the fade-in
    assert ticks - delay == pytest.approx(np.arange(1, 24) * grid, abs=1)
    assert len(bars) == 1
    assert 0 <= delay <= 0.01 * RATE


def test_a_change_of_tempo_moves_no_beat_and_every_tick_stays_on_the_line() -> None:
    first = Tempo(bpm=90.0)
    second = first.changed(150.0, 4.0)
    played = _play(_sound(0.125, first), _sound(0.125, second))
    ticks = _onsets(played[:, 0])
    line = [first.beat_at(t) if t < 4.0 else second.beat_at(t) for t in (ticks - _delay()) / RATE]
    off = np.array(line) * 2 - np.round(np.array(line) * 2)
    assert np.abs(off).max() / 2 * 60 / 90 * RATE <= 256
    assert np.round(np.array(line) * 2).astype(int).tolist() == list(range(1, len(ticks) + 1))


def test_a_note_that_moves_stays_on_the_grid() -> None:
    tempo = Tempo(bpm=120.0)
    sounds = [_sound(0.25, tempo, (note,)) for note in (0.25, 0.125, 0.0625, 0.25)]
    ticks = _onsets(_play(*sounds, seconds=1.03)[:, 0])
    sixteenths = (ticks - ticks[0]) / (RATE / 8)
    assert sixteenths == pytest.approx(np.round(sixteenths), abs=0.01)
    assert len(ticks) > 14


def test_a_note_too_quick_for_its_parameter_is_doubled_until_it_is_not() -> None:
    ticks = _onsets(_play(_sound(1 / 32, Tempo(bpm=240.0)))[:, 0])
    assert np.diff(ticks) == pytest.approx(RATE / 16, abs=1)  # 32 a second are more than 20


def test_a_rate_in_hertz_stays_free_and_without_a_tempo_beats_come_all_the_same() -> None:
    played = _play(_sound(None, Tempo(bpm=100.0)))
    assert np.diff(_onsets(played[:, 0])) == pytest.approx(RATE / 3, abs=2)


def test_a_restarted_engine_takes_up_the_phase() -> None:
    running = Tempo(bpm=100.0, anchor_s=-5.25)
    ticks = _onsets(_play(_sound(0.25, running))[:, 0])
    assert (ticks - _delay()) / RATE == pytest.approx(0.15 + 0.6 * np.arange(len(ticks)), abs=0.001)


@pytest.mark.parametrize("kind", sorted(catalogue()))
def test_every_rate_of_every_instrument_plays_as_a_note(kind: str) -> None:
    rates = [parameter.name for parameter in catalogue()[kind].parameters if parameter.unit == "/s"]
    fixed = dict.fromkeys(rates, 0.25) | {"level": 0.0}
    scene = Scene(
        kind, (InstrumentSetup(kind, kind, fixed),), (), (), on_beat=OnBeat(tuple(f"{kind}.{rate}" for rate in rates))
    )
    with OfflineEngine(RATE, 256) as engine:
        engine.apply(Sound(0.0, scene, (), tempo=Tempo(bpm=110.0)))
        played = engine.render(RATE)
        assert engine.notes == ()
    assert np.isfinite(played).all()
    if rates:
        assert np.abs(played).max() > 0.003
