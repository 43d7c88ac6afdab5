"""The sampler with files: the nearest sample in tune, loops without a seam, files that are read beside the sound."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.synthesis.instruments.sample_choice import POINTS, SampleChoice
from gesturesynth.synthesis.measuring import bend, loudness_lufs
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.solo import server
from gesturesynth.synthesis.sounds.library import MOST_PLACES, SoundLibrary
from gesturesynth.synthesis.sounds.reading import read_sound
from tests.support.sound_files import write_tone
from tests.synthesis.instruments.hearing import fundamental_hz

RATE = 48000


def scene(folder: Path, *, strikes: bool = False, **fixed: float) -> Scene:
    values = {"level": 0.0, "hold": 1.0} | fixed
    setup = InstrumentSetup("voices", "sampler", {k: v for k, v in values.items() if k != "pitch"}, str(folder))
    return Scene(str(folder), (setup,), ("voices.pitch",), (0.05,), ("voices.strike",) if strikes else ())


def heard(where: Scene, seconds_s: float, pitch_hz: float, *, strike: bool = False) -> np.ndarray:
    with OfflineEngine() as engine:
        if strike:
            engine.apply(Sound(0.0, where, (pitch_hz,), (0,)))
            engine.render(4800)
        engine.apply(Sound(0.0, where, (pitch_hz,), (1,) if strike else ()))
        assert not engine.notes
        return engine.render(round(seconds_s * RATE)).astype(np.float64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tone(tmp_path / "low_C3.wav", 130.81, 1.0, 44100, channels=2)
    write_tone(tmp_path / "072.flac", 523.25, 1.0, 96000)
    write_tone(tmp_path / "g4.ogg", 392.0, 1.0, 32000)
    return tmp_path


@pytest.mark.parametrize("pitch_hz", [100.0, 131.0, 250.0, 400.0, 600.0])
@pytest.mark.parametrize("how", ["held", "struck"])
def test_any_pitch_is_played_in_tune(folder: Path, pitch_hz: float, how: str) -> None:
    struck = how == "struck"
    samples = heard(scene(folder, strikes=True, hold=0.0 if struck else 1.0), 0.8, pitch_hz, strike=struck)
    assert fundamental_hz(samples[RATE // 4 :]) == pytest.approx(pitch_hz, rel=0.004)


def test_the_nearest_sample_is_chosen_and_place_chooses_among_those_of_one_pitch() -> None:
    choice = SampleChoice.of([440.0, 110.0, 440.0], 50.0, 1000.0)
    assert choice.order == (1, 0, 2)
    assert (choice.first, choice.count) == ((0, 1), (1, 2))
    assert choice.nearest[0] == 0
    assert choice.nearest[-1] == 1
    border = np.flatnonzero(np.diff(choice.nearest))[0] / (POINTS - 1)
    assert 50.0 * 20**border == pytest.approx(220.0, rel=0.01)  # the geometric mean


def test_files_without_a_pitch_are_chosen_by_position(tmp_path: Path) -> None:
    for name, hz in (("one.wav", 300.0), ("two.wav", 450.0), ("three.wav", 700.0)):
        write_tone(tmp_path / name, hz)
    for position, hz in ((0.0, 300.0), (0.5, 700.0), (1.0, 450.0)):  # by their names
        samples = heard(scene(tmp_path, position=position), 0.8, 261.63)
        assert fundamental_hz(samples[RATE // 4 :]) == pytest.approx(hz, rel=0.004)


def test_a_held_sound_goes_on_without_a_seam(tmp_path: Path) -> None:
    write_tone(tmp_path / "C4.wav", 261.63, 0.7)
    samples = heard(scene(tmp_path), 6.0, 261.63)[RATE:]
    one_second = [loudness_lufs(piece) for piece in np.array_split(samples, 5)]
    # Where a pure tone meets itself it may be weaker, as its phase has it.
    assert max(one_second) - min(one_second) < 4.0
    # A seam that was not crossed would bend the wave ten times as much as the tone itself.
    assert bend(samples) < 3 * np.median([bend(piece) for piece in np.array_split(samples, 500)])


def test_another_sound_takes_over_without_a_click(tmp_path: Path) -> None:
    for name in ("C3", "C5"):
        write_tone(tmp_path / f"{name}.wav", {"C3": 130.81, "C5": 523.25}[name], 1.0)
    where = scene(tmp_path)
    with OfflineEngine() as engine:
        blocks = []
        for step in range(60):
            engine.apply(Sound(0.0, where, (140.0 if step % 2 else 500.0,)))
            blocks.append(engine.render(RATE // 20))
    samples = np.concatenate(blocks[10:]).astype(np.float64)
    still = heard(where, 2.0, 500.0)[RATE:]
    assert bend(samples) < 2 * bend(still)


def test_notes_that_are_struck_faster_than_they_ring_do_not_click(tmp_path: Path) -> None:
    write_tone(tmp_path / "C4.wav", 261.63, 1.5)
    where = scene(tmp_path, strikes=True, hold=0.0, attack=0.01)
    with OfflineEngine() as engine:
        engine.apply(Sound(0.0, where, (300.0,), (0,)))
        blocks = [engine.render(2400)]
        for count in range(1, 40):
            engine.apply(Sound(0.0, where, (300.0,), (count,)))
            blocks.append(engine.render(2400))
    samples = np.concatenate(blocks[8:]).astype(np.float64)
    # A voice that broke off would jump by a part of its height, 0.05 and more.
    assert bend(samples) < 0.01


def test_files_that_have_gone_are_a_sentence_and_the_sound_that_it_brings_plays(tmp_path: Path) -> None:
    with OfflineEngine() as engine:
        engine.apply(Sound(0.0, scene(tmp_path / "gone"), (261.63,)))
        assert "there is no folder or file" in engine.notes[0]
        assert np.abs(engine.render(RATE)).max() > 0.05


def read(library: SoundLibrary, place: str) -> None:
    end_s = time.monotonic() + 20.0
    while not library.ready([place]):
        assert time.monotonic() < end_s
        time.sleep(0.002)


def test_a_thread_reads_and_only_places_of_late_are_kept(tmp_path: Path) -> None:
    places = []
    for number in range(MOST_PLACES + 2):
        write_tone(tmp_path / str(number) / "C4.wav", 261.63, 0.5)
        places.append(str(tmp_path / str(number)))
    with server():
        library = SoundLibrary(RATE)
        for place in [*places, places[0]]:  # the first one was forgotten meanwhile
            assert not library.ready([place])
            read(library, place)
            assert len(library.sounds(place)) == 1
        assert library.ready([places[-1]])


def test_what_is_asked_for_is_not_forgotten_for_what_is_read_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [str(tmp_path / str(number)) for number in range(MOST_PLACES + 1)]
    for place in places:
        write_tone(Path(place) / "C4.wav", 261.63, 0.2)
    with server():
        library = SoundLibrary(RATE)
        for place in places[:-1]:
            read(library, place)
        asked = threading.Event()

        def slowly(*what: Any) -> Any:
            assert asked.wait(20.0)
            return read_sound(*what)

        monkeypatch.setattr("gesturesynth.synthesis.sounds.library.read_sound", slowly)
        assert not library.ready([places[-1]])  # its thread reads
        assert library.ready([places[0]])  # the oldest one, asked for before the thread has ended
        asked.set()
        for thread in [one for one in threading.enumerate() if one.name == "sounds"]:
            thread.join()
        assert len(library.sounds(places[0])) == 1
        rendering = SoundLibrary(RATE, wait=True)
        assert rendering.ready(places)  # more than are kept otherwise
        assert [len(rendering.sounds(place)) for place in places] == [1] * len(places)


def test_what_could_not_be_read_is_tried_again_after_another_piece(tmp_path: Path) -> None:
    place = str(tmp_path / "late")
    with server():
        library = SoundLibrary(RATE, wait=True)
        assert library.ready([place])
        with pytest.raises(UserError):
            library.sounds(place)
        write_tone(tmp_path / "late" / "C4.wav", 261.63, 0.2)
        assert library.ready([])
        assert library.ready([place])
        assert len(library.sounds(place)) == 1


def test_a_stroke_while_it_is_suspended_is_no_fault(tmp_path: Path) -> None:
    write_tone(tmp_path / "C4.wav", 261.63, 0.5)
    setups = (InstrumentSetup("sampler", "sampler", {"hold": 0.0, "level": -80.0}, str(tmp_path)),)
    with OfflineEngine() as engine:
        for strokes in (*[0] * 60, 1):
            engine.apply(Sound(0.0, Scene("", setups, (), (), ("sampler.strike",)), (), (strokes,)))
            engine.render(RATE // 10)
        assert not engine.notes
