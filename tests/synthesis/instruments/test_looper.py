"""The looper in a piece: it repeats what the others played, to the sample, never itself, and forgets when asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.runtime.patterns import OnBeat
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.synthesis.instruments.loop_memory import laid_over
from gesturesynth.synthesis.instruments.looper import LONGEST_S
from gesturesynth.synthesis.measuring import bend
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.sound_files import write_tone
from tests.synthesis.instruments.hearing import fundamental_hz

pytestmark = pytest.mark.slow("minutes of sound")

RATE = 48000
BPM = 121.0
TRIGGERS = ("record", "overdub", "play", "stop", "clear")
Samples = NDArray[np.float64]


class Piece:
    """A theremin and a looper."""

    def __init__(self, engine: OfflineEngine, grids: dict[str, float], **fixed: float) -> None:
        self._engine = engine
        setups = (
            InstrumentSetup("theremin", "theremin", {"vibrato": 0.0, "timbre": 0.0}),
            InstrumentSetup("looper", "looper", {"level": 0.0} | fixed),
        )
        moved = ("theremin.pitch", "theremin.level", "looper.level")
        triggers = tuple(f"looper.{name}" for name in TRIGGERS)
        self._scene = Scene("", setups, moved, (0.02,) * 3, triggers, on_beat=OnBeat(grids=grids))
        self._counts = dict.fromkeys(TRIGGERS, 0)
        self.values = (440.0, 0.0)
        self.level = fixed.get("level", 0.0)

    def play(self, seconds_s: float, *triggers: str) -> Samples:
        for trigger in triggers:
            self._counts[trigger] += 1
        values = (*self.values, self.level)
        self._engine.apply(Sound(0.0, self._scene, values, tuple(self._counts.values()), tempo=Tempo(BPM)))
        assert not self._engine.notes
        return self._engine.render(round(seconds_s * RATE)).astype(np.float64)


@contextmanager
def piece(grids: dict[str, float] | None = None, **fixed: float) -> Iterator[Piece]:
    with OfflineEngine() as engine:
        made = Piece(engine, grids or {}, **fixed)
        made.play(0.5)
        yield made


def looped(made: Piece, seconds_s: float = 1.0) -> None:
    """Records 440 Hz for so long, and lets only the loop sound."""
    made.play(seconds_s, "record")
    made.values = (440.0, -80.0)
    made.play(3.0, "record")


def rms(samples: Samples) -> float:
    return float(samples.std())


def round_frames(heard: Samples) -> int:
    """After how many samples, about a second, the sound is most like itself."""
    mono = heard.sum(axis=1)
    lags = range(RATE - 2000, RATE + 2000)
    return lags[int(np.argmax([float(mono[:RATE] @ mono[lag : lag + RATE]) for lag in lags]))]


def test_it_is_silent_until_something_was_recorded_and_repeats_it_then() -> None:
    with piece() as made:
        made.values = (440.0, -80.0)
        made.play(3.0)
        assert rms(made.play(0.5)) < 1e-4
        made.values = (440.0, 0.0)
        looped(made)
        heard = made.play(2.0)
        assert rms(heard) > 0.02
        assert fundamental_hz(heard) == pytest.approx(440.0, rel=0.005)


def test_a_round_lasts_as_long_as_was_recorded_and_its_seam_does_not_click() -> None:
    with piece() as made:
        made.play(0.5, "record")
        made.values = (660.0, 0.0)  # two notes, so that rounds can be told
        made.play(0.5)
        made.values = (660.0, -80.0)
        made.play(3.0, "record")
        heard = made.play(4.0)
    assert round_frames(heard) == pytest.approx(RATE, abs=300)  # buffers of 256
    # The same tone without the loop bends as much: a seam that was not crossed would bend it ten times as much.
    pieces = [bend(part) for part in np.array_split(heard, 400)]
    assert max(pieces) < 4 * np.median(pieces)


def test_triggers_on_a_grid_make_a_loop_of_whole_beats() -> None:
    with piece({"looper.record": 0.25}) as made:
        made.play(0.85, "record")  # waits for the beat, half a second later
        made.values = (660.0, 0.0)
        made.play(0.5)
        made.values = (660.0, -80.0)
        made.play(3.0, "record")  # 1.35 s after the first, and 0.15 s before a beat
        heard = made.play(4.0)
    assert rms(heard) > 0.02
    assert round_frames(heard) == pytest.approx(2 * RATE * 60 / BPM, abs=1.5)


def test_speed_bends_the_loop_by_octaves() -> None:
    for speed in (0.5, 2.0):
        with piece(speed=speed) as made:
            looped(made)
            assert fundamental_hz(made.play(1.0)) == pytest.approx(440.0 * speed, rel=0.01)


def test_it_never_records_itself_so_layers_do_not_grow() -> None:
    with piece() as made:
        looped(made)
        before = rms(made.play(1.0))
        for _ in range(6):  # nothing else plays
            made.play(1.0, "overdub")
            made.play(0.2, "overdub")
        assert rms(made.play(1.0)) == pytest.approx(before, rel=0.1)


@pytest.mark.parametrize("grids", [{}, {"looper.overdub": 1 / 16}])
def test_overdub_adds_where_it_was_heard_and_keeps_the_old(grids: dict[str, float]) -> None:
    with piece(grids) as made:
        looped(made)
        made.values = (1000.0, 0.0)
        made.play(0.4, "overdub")
        made.values = (1000.0, -80.0)
        made.play(3.0, "overdub")
        heard = made.play(4.0).sum(axis=1)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    hz = np.arange(len(spectrum)) / 4.0
    old, new, none = (spectrum[(hz > at - 15) & (hz < at + 15)].max() for at in (440.0, 1000.0, 700.0))
    assert old > 50 * none
    assert new > 20 * none


def test_stop_keeps_the_loop_and_clear_forgets_it() -> None:
    with piece() as made:
        looped(made)
        made.play(2.5, "stop")
        assert rms(made.play(0.5)) < 1e-4
        made.play(0.2, "play")
        assert rms(made.play(0.5)) > 0.02
        made.play(2.5, "clear")
        made.play(0.2, "play")
        assert rms(made.play(0.5)) < 1e-4


def silenced(made: Piece) -> None:
    """So long that it is suspended."""
    made.level = -80.0
    for _ in range(40):
        made.play(0.1)


def test_a_loop_is_kept_while_the_looper_is_silenced() -> None:
    with piece() as made:
        looped(made)
        silenced(made)
        made.level = 0.0
        made.play(1.0)
        heard = made.play(2.0)
    assert rms(heard) > 0.02
    assert fundamental_hz(heard) == pytest.approx(440.0, rel=0.005)


def test_what_is_played_while_the_looper_is_silenced_is_recorded() -> None:
    with piece() as made:
        silenced(made)
        made.play(1.0, "record")
        made.values, made.level = (440.0, -80.0), 0.0
        made.play(3.0, "record")
        heard = made.play(2.0)
    assert rms(heard) > 0.02
    assert fundamental_hz(heard) == pytest.approx(440.0, rel=0.005)


def test_it_records_while_it_is_silent_and_longer_than_it_can_hold() -> None:
    with piece(level=-80.0) as made:
        made.play(LONGEST_S + 4.0, "record")
        heard = made.play(1.0, "record")
        assert np.isfinite(heard).all()


def test_clicks_of_all_triggers_in_any_order_are_not_heard() -> None:
    rng = np.random.default_rng(3)
    with piece(start=0.1) as made:
        steady = bend(made.play(1.0))
        looped(made)
        made.values = (440.0, -6.0)
        blocks = [made.play(float(rng.uniform(0.05, 0.6)), str(rng.choice(TRIGGERS))) for _ in range(60)]
    assert bend(np.concatenate(blocks)) < 4 * steady


def test_a_file_is_a_loop_to_begin_with(tmp_path: Path) -> None:
    write_tone(tmp_path / "loop.flac", 300.0, 1.0)
    setups = (
        InstrumentSetup("looper", "looper", {"level": 0.0}, str(tmp_path / "loop.flac")),
        InstrumentSetup("drone", "drone", {"level": -80.0}),
    )
    with OfflineEngine() as engine:
        engine.apply(Sound(0.0, Scene("", setups, (), ()), ()))
        assert fundamental_hz(engine.render(3 * RATE)[RATE:].astype(np.float64)) == pytest.approx(300.0, rel=0.01)


@pytest.mark.parametrize(
    ("begin", "speed", "length"), [*itertools.product((0.0, 700.5), (0.25, 1.0, 4.0), (2, 300, 5000))]
)
def test_what_is_laid_over_stays_finite_and_leaves_the_head_alone(begin: float, speed: float, length: int) -> None:
    loop = np.ones(1100, np.float32)
    laid_over(
        loop,
        np.full(length, 0.5, np.float32),
        seam=100,
        begin=begin,
        speed=speed,
        keep=0.5,
        reading=100.0,
        rate_hz=RATE,
    )
    assert np.isfinite(loop).all()
    assert loop[100] == 1.0
    assert loop.min() >= 0.5
    assert loop.max() <= 1.0 + 1e-6
