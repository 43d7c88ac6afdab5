"""Endurance: movement that goes everywhere, performances watched from outside, and the theremin for a while."""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from gesturesynth.synthesis.instruments import catalogue
from tests.endurance import __main__ as endurance
from tests.endurance.movement import Movement
from tests.endurance.performance import PIECES, Progress
from tests.endurance.report import BEGIN, END, PAGE, Row, block, renewed, sentence

MINUTES = 8


def moved(kind: str, seed: int, steps: int = MINUTES * 3600) -> list[tuple[float, ...]]:
    movement = Movement(catalogue()[kind].parameters, seed)
    return [movement.next_values() for _ in range(steps)]


@pytest.mark.parametrize("kind", list(catalogue()))
def test_every_parameter_goes_to_both_ends_jumps_creeps_and_stays_in_its_range(kind: str) -> None:
    for parameter, values in zip(catalogue()[kind].parameters, zip(*moved(kind, 1), strict=True), strict=True):
        assert min(values) == pytest.approx(parameter.low)
        assert max(values) == pytest.approx(parameter.high)
        assert all(parameter.low <= value <= parameter.high * (1 + 1e-9) for value in values), parameter.name
        span = parameter.high - parameter.low
        steps = [abs(later - former) / span for former, later in pairwise(values)]
        assert max(steps) > 0.99, "from end to end at once"
        assert sum(0.0 < step < 1e-4 for step in steps) > 100, "and so slowly that no step is audible"


def test_a_seed_gives_the_same_movement_and_another_seed_another() -> None:
    assert moved("drone", 5, 600) == moved("drone", 5, 600)
    assert moved("drone", 5, 600) != moved("drone", 6, 600)


def test_a_timbre_that_glides_to_0_never_comes_below_it() -> None:
    """With this seed a ramp of the timbre ends a rounding error below 0, of which a power is not a number."""
    row = endurance.perform("theremin", 48000, 847367315, 52.0, 60.0)
    assert row.outcome == "ok"
    assert row.told.sound_s >= 52.0


def test_the_theremin_outlives_the_sound_after_which_feedback_ended_it() -> None:
    row = endurance.perform("theremin", 96000, 1, 45.0, 60.0)
    assert row.outcome == "ok"
    assert row.told.sound_s >= 45.0
    assert 0.0 < row.told.peak <= 0.7080
    assert row.told.constant < 1e-3


def test_everything_at_once_sounds_below_the_ceiling() -> None:
    row = endurance.perform("everything", 44100, 7, 5.0, 60.0)
    assert row.outcome == "ok"
    assert row.told.peak > 0.1


def test_a_process_that_dies_is_reported_with_its_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    native = tmp_path / "python"
    native.write_text('#!/bin/sh\necho \'{"sound_s":10.0}\'\necho \'{"sound_s":20.0,"peak":0.5}\'\nkill -SEGV $$\n')
    native.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(native))
    row = endurance.perform("theremin", 96000, 1, 45.0, 60.0)
    assert row.bad
    assert row.outcome == "DIED: signal 11 (SIGSEGV)"
    assert row.told == Progress(sound_s=20.0, peak=0.5)
    assert endurance.died(1, "Traceback\nValueError: x\n") == "exit code 1: ValueError: x"
    assert endurance.died(-signal.SIGABRT, "") == "signal 6 (SIGABRT)"
    assert endurance.died(0, "a warning") == ""


def test_the_page_gets_its_block_with_the_errors() -> None:
    good = Row("drone", 44100, 3, Progress(sound_s=3600.0, processor_s=90.0, peak=0.5, raw_peak=0.5))
    bad = Row("theremin", 96000, 4, Progress(sound_s=20.0), died="signal 11 (SIGSEGV)")
    made = block([good, bad], datetime(2026, 3, 1, tzinfo=UTC))
    assert renewed(f"before\n{BEGIN}\nold\n{END}\nafter\n", made) == f"before\n{made}\nafter\n"
    assert "1 did not go as they should" in made
    assert "| theremin | 96 kHz | 4 | 0.3 min |" in made
    assert "no process died" in sentence([good])
    with pytest.raises(ValueError, match="there is no block"):
        renewed("nothing", made)
    assert BEGIN in PAGE.read_text(encoding="utf-8")


def test_every_instrument_is_a_piece() -> None:
    assert set(catalogue()) < set(PIECES)
