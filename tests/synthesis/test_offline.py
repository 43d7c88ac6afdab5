"""Offline rendering: the same sounds give the same samples, here, again, and in another process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import pitch_hz
from tests.support.stub_instruments import KINDS, scene, sound, tone


def everything() -> Scene:
    """All instruments that the project has, at their defaults, with one parameter moving."""
    kinds = list(catalogue())
    return Scene(
        preset="everything",
        instruments=tuple(InstrumentSetup(kind, kind) for kind in kinds),
        parameters=tuple(f"{kind}.level" for kind in kinds),
        glides_s=tuple(0.1 for _ in kinds),
        fade_in_s=0.01,
    )


def performance(buffer_frames: int = 256) -> str:
    """A digest of half a second in which values and scene change."""
    of = everything()
    digest = hashlib.sha256()
    with OfflineEngine(buffer_frames=buffer_frames) as engine:
        for turn in range(6):
            engine.apply(sound(of, *(-20.0 - turn for _ in of.parameters)))
            digest.update(engine.render(3200).tobytes())
        fewer = Scene("fewer", of.instruments[:2], (), (), fade_in_s=0.01)
        engine.apply(sound(fewer))
        digest.update(engine.render(4800).tobytes())
    return digest.hexdigest()


def test_the_same_performance_gives_the_same_samples_twice_and_in_another_process() -> None:
    first = performance()
    assert performance() == first
    code = "from tests.synthesis.test_offline import performance; print(performance())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.split()[-1] == first


def test_any_number_of_frames_can_be_asked_for_and_none_is_lost() -> None:
    of = scene(tone())
    with OfflineEngine(kinds=KINDS) as engine:
        engine.apply(sound(of))
        whole = engine.render(10000)
    with OfflineEngine(kinds=KINDS) as engine:
        engine.apply(sound(of))
        pieces = [engine.render(frames) for frames in (1, 255, 1000, 0, 3333, 5411)]
    assert [piece.shape for piece in pieces] == [(n, 2) for n in (1, 255, 1000, 0, 3333, 5411)]
    assert whole.dtype == np.float32
    assert np.array_equal(np.concatenate(pieces), whole)


@pytest.mark.parametrize("sample_rate", [22050, 44100, 96000])
def test_pitch_does_not_depend_on_the_sample_rate(sample_rate: int) -> None:
    with OfflineEngine(sample_rate=sample_rate, buffer_frames=64, kinds=KINDS) as engine:
        engine.apply(sound(scene(tone(pitch=1000.0))))
        engine.render(sample_rate // 4)
        assert pitch_hz(engine.render(sample_rate // 2)[:, 0], sample_rate) == pytest.approx(1000.0, abs=1)


def test_two_at_a_time_are_refused_with_a_sentence_and_closing_makes_room() -> None:
    with OfflineEngine(kinds=KINDS) as engine, pytest.raises(GestureSynthError, match="close the first"):
        OfflineEngine(kinds=KINDS)
    with pytest.raises(GestureSynthError, match="closed"):
        engine.render(1)
    engine.close()
    OfflineEngine(kinds=KINDS).close()


def test_many_in_a_row_leave_a_sound_process_behind() -> None:
    # pyo frees what others still look at: this crashed at exit when a view of a table was kept.
    code = """
        from gesturesynth.synthesis.offline import OfflineEngine
        from tests.support.stub_instruments import KINDS, scene, sound, tone
        for number in range(20):
            with OfflineEngine(kinds=KINDS) as engine:
                for name in "abc":
                    engine.apply(sound(scene(tone(name))))
                    engine.render(9600)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
