"""Cues: short sounds that confirm commands."""

from __future__ import annotations

import ctypes
import math
import subprocess
import sys
from itertools import combinations

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.cues import CUES, LOUDNESS_LUFS, TICK_LUFS, samples
from gesturesynth.synthesis.meter import Block, RingBuffer
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.pyo_loader import load_pyo
from tests.support.audio_analysis import bends
from tests.support.instrument_player import momentary_lufs
from tests.support.stub_instruments import KINDS, scene, sound, tone

RATE = 48000
NONE = (0,) * len(CUES)
HALF = 94 * 256
"""Half a second in whole buffers: what is applied is heard from the next sample on."""
SILENT = scene(InstrumentSetup("s", "shout", {"gain": 0.0}))
TONE = scene(tone(level=-20.0, pitch=500.0))


def counts(**fired: int) -> tuple[int, ...]:
    return tuple(fired.get(name, 0) for name in CUES)


def render_cue(engine: OfflineEngine, name: str, frames: int = RATE) -> Block:
    """The sound from the moment a cue is fired, beside silent instruments."""
    engine.apply(sound(SILENT, cue_counts=NONE))
    engine.render(HALF)
    engine.apply(sound(SILENT, cue_counts=counts(**{name: 1})))
    return engine.render(frames)


@pytest.mark.parametrize("name", CUES)
def test_each_cue_is_heard_once_and_softly_while_the_instruments_are_silent(engine: OfflineEngine, name: str) -> None:
    silence = np.zeros((RATE // 2, 2))
    block = np.concatenate([silence, render_cue(engine, name), silence])
    wanted_lufs = TICK_LUFS if name == "tick" else LOUDNESS_LUFS
    assert momentary_lufs(block.astype(np.float64)).max() == pytest.approx(wanted_lufs, abs=0.7)
    assert np.abs(block).max() < db_to_gain(-12.0)
    assert np.array_equal(block[:, 0], block[:, 1])
    again = engine.render(RATE // 2)
    assert np.abs(again).max() < 1e-6, "it sounds once"


def test_a_cue_reads_nothing_behind_its_table(engine: OfflineEngine) -> None:
    # pyo keeps one sample more than a table's size. Where the allocator has given room for yet another, NaN goes there:
    # reading it, even to multiply it by 0, gives NaN.
    allocated = ctypes.CDLL(None).malloc_usable_size
    allocated.restype, allocated.argtypes = ctypes.c_size_t, [ctypes.c_void_p]
    marked = []
    for name, voices in engine._require_open()._cues._voices.items():
        for made in engine._require_open()._cues._graph.made:
            if not isinstance(made, load_pyo().DataTable) or made.getSize() != voices[0].frames:
                continue
            address = np.asarray(made.getBuffer()).ctypes.data
            if allocated(address) >= (made.getSize() + 2) * 4:
                ctypes.c_float.from_address(address + (made.getSize() + 1) * 4).value = math.nan
                marked.append(name)
    assert marked, "no table with room behind it"
    ring = RingBuffer(engine._server, engine._require_open()._cues.output)
    engine.apply(sound(SILENT, cue_counts=NONE))
    engine.render(HALF)
    engine.apply(sound(SILENT, cue_counts=(1,) * len(CUES)))
    engine.render(RATE)
    assert np.isfinite(ring.read()).all(), marked


@pytest.mark.parametrize("name", CUES)
def test_cues_are_short_and_begin_and_end_without_a_click(name: str) -> None:
    cue = samples(name, RATE)
    assert cue[0] == cue[-1] == 0.0
    assert len(cue) < 0.6 * RATE
    framed = np.pad(cue, 100)
    ends = np.concatenate([bends(framed)[:110], bends(framed)[-110:]])
    assert ends.max() < 0.3 * bends(framed).max(), "the edges are smoother than the sound itself"


def spectral_shape(cue: NDArray[np.float32]) -> NDArray[np.float64]:
    """What distinguishes sounds for a listener: the energy in third octaves every 50 ms, of unit length."""
    padded = np.pad(cue.astype(np.float64), (0, round(0.6 * RATE) - len(cue)))
    edges_hz = 125.0 * 2 ** (np.arange(19) / 3)
    rows = []
    for piece in padded.reshape(-1, RATE // 20):
        power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
        bands = np.searchsorted(edges_hz, np.fft.rfftfreq(len(piece), 1 / RATE))
        rows.append(np.bincount(bands, power, len(edges_hz) + 1))
    loudness = np.array(rows) ** 0.3
    return np.asarray((loudness / np.linalg.norm(loudness)).ravel())


def test_no_two_cues_sound_alike() -> None:
    shapes = {name: spectral_shape(samples(name, RATE)) for name in CUES}
    alike = {(a, b): float(shapes[a] @ shapes[b]) for a, b in combinations(CUES, 2)}
    assert max(alike.values()) < 0.8, max(alike, key=lambda pair: alike[pair])


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_cues_sound_the_same_at_any_sample_rate(rate_hz: int) -> None:
    for name in CUES:
        at_48k, here = samples(name, RATE), samples(name, rate_hz)
        assert len(here) / rate_hz == pytest.approx(len(at_48k) / RATE, abs=0.002)
        # Loudness counts what is above 4 kHz, too, which 8 kHz does not have.
        assert np.std(here) == pytest.approx(np.std(at_48k), rel=0.1)


def test_a_cue_is_added_to_the_instruments_and_changes_nothing_about_them() -> None:
    def played(of: Scene, fired: tuple[int, ...]) -> Block:
        with OfflineEngine(kinds=KINDS) as engine:
            engine.apply(sound(of, cue_counts=NONE))
            engine.render(HALF)
            engine.apply(sound(of, cue_counts=fired))
            return engine.render(HALF)

    both, without, alone = (
        played(TONE, counts(saved=1)),
        played(TONE, NONE),
        played(SILENT, counts(saved=1)),
    )
    assert np.abs(alone).max() > 0.05
    assert np.abs(both - without - alone).max() < 1e-6


def test_a_scene_without_cues_gives_the_same_samples_with_and_without_the_counts(engine: OfflineEngine) -> None:
    engine.apply(sound(TONE))
    without = engine.render(RATE // 2)
    engine.close()
    with OfflineEngine(kinds=KINDS) as other:
        other.apply(sound(TONE, cue_counts=(7,) * len(CUES)))
        assert np.array_equal(other.render(RATE // 2), without)


def test_the_ceiling_holds_for_cues_too(engine: OfflineEngine) -> None:
    loud = scene(InstrumentSetup("s", "shout", {"gain": 10.0, "pitch": 90.0}), ceiling_db=-6.0)
    engine.apply(sound(loud, cue_counts=NONE))
    engine.render(RATE // 4)
    engine.apply(sound(loud, cue_counts=(1,) * len(CUES)))
    assert np.abs(engine.render(RATE)).max() <= db_to_gain(-6.0)
    alone = msgspec.structs.replace(SILENT, ceiling_db=-40.0)
    engine.apply(sound(alone, cue_counts=(1,) * len(CUES)))
    engine.render(RATE // 2)
    engine.apply(sound(alone, cue_counts=(2,) * len(CUES)))
    assert 0.001 < np.abs(engine.render(RATE)).max() <= db_to_gain(-40.0)


def test_mute_and_volume_hold_for_cues_too(engine: OfflineEngine) -> None:
    engine.apply(sound(SILENT, cue_counts=NONE, muted=True))
    engine.render(RATE // 4)
    engine.apply(sound(SILENT, cue_counts=counts(saved=1), muted=True))
    assert np.abs(engine.render(RATE // 2)).max() < 1e-6
    engine.apply(sound(SILENT, cue_counts=counts(saved=1), volume_db=-20.0))
    engine.render(RATE // 4)
    engine.apply(sound(SILENT, cue_counts=counts(saved=2), volume_db=-20.0))
    assert np.abs(engine.render(RATE // 2)).max() == pytest.approx(np.abs(samples("saved", RATE)).max() / 10, rel=0.1)


def test_the_first_counts_of_an_engine_are_the_reference(engine: OfflineEngine) -> None:
    engine.apply(sound(SILENT, cue_counts=(5,) * len(CUES)))
    assert np.abs(engine.render(RATE)).max() < 1e-6


def test_the_same_cue_again_while_it_sounds_does_not_click(engine: OfflineEngine) -> None:
    once = bends(render_cue(engine, "undo")[:, 0]).max()
    blocks = []
    for count in range(2, 40):
        engine.apply(sound(SILENT, cue_counts=counts(undo=count)))
        blocks.append(engine.render(1024))
    assert bends(np.concatenate(blocks)[:, 0]).max() < 2.2 * once, "two voices at most, and no edge"


def test_firing_builds_nothing(engine: OfflineEngine) -> None:
    render_cue(engine, "tick")
    before = len(engine._server.getStreams())
    for count in range(1, 20):
        engine.apply(sound(SILENT, cue_counts=(count + 1,) * len(CUES)))
        engine.render(4096)
    assert len(engine._server.getStreams()) == before


def test_the_names_of_cues_can_be_read_without_an_audio_library() -> None:
    script = "import sys, gesturesynth.synthesis.cues; print('pyo' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False"]
