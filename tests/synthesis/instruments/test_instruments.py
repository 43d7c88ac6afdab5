"""What a person hears from each instrument: its loudness, its cleanness, and that its parameters do what they say.

Whatever is in the catalogue is tested; what a row says about one kind is what is different about it.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from gesturesynth.synthesis.instrument_check import TARGET_LUFS, check_instrument, measured, strokes
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.percussion_pattern import STEPS, WEIGHTS
from gesturesynth.synthesis.instruments.table import table_of, table_problem
from tests.support.instrument_player import (
    FRAMES,
    RATE_HZ,
    InstrumentPlayer,
    Samples,
    TimedChange,
    bend,
    loudness_lufs,
    peak_db,
    play,
    server,
)

pytestmark = pytest.mark.slow("minutes of sound")

KINDS = tuple(catalogue())
WAITING = ("percussion", "pluck")
"""Silent until they are struck."""
STRUCK = ("percussion", "bells", "pluck", "arpeggio", "pulses")
"""What begins suddenly by design."""
CHECKED_S = {"wind": 4.0, "bowed": 2.0, "organ": 2.0, "arpeggio": 2.5, "sampler": 2.5}
"""Seconds of each of its sounds in the check, where gusts, rotors, bars and loops come and go; else 1.75."""
LONG_TAILS = ("drone", "bells", "choir", "bowls", "pad")
"""What still fades twelve seconds after its last stroke."""
SOFTER = {("granular", "level")}
"""Checks that one does not pass, and says so: single grains of dust are 7 LU below the target."""
SPREAD_OUT: dict[str, dict[str, float]] = {"pluck": {"rate": 8.0}}
"""Values with which it is heard on both sides."""
WITHOUT_CHANCE = ("looper",)
UNEVEN_DB = {"pad": 4.5}
"""Pure tones that stand still stand in a room: one place in it is louder than another."""


# the tables ---------------------------------------------------------------------------------------
def test_the_catalogue_is_listed_without_loading_an_audio_library() -> None:
    code = (
        "import sys; from gesturesynth.synthesis.instruments import catalogue; print(*catalogue());"
        "sys.exit('pyo' in sys.modules or '_pyo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert tuple(done.stdout.split()) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_is_complete_and_in_range(kind: str) -> None:
    instrument = catalogue()[kind]
    assert instrument.kind == kind
    assert table_problem(table_of(instrument)) == ""
    assert instrument.about.endswith(".")
    names = [parameter.name for parameter in instrument.parameters]
    assert len(set(names)) == len(names)
    assert "level" in names
    for parameter in instrument.parameters:
        assert parameter.low < parameter.high
        assert parameter.low <= parameter.default <= parameter.high
        assert parameter.warp == "lin" or parameter.low > 0
        assert parameter.glide_s > 0
        assert parameter.help.endswith(".")
        assert "\n" not in parameter.help
    if kind == "percussion":
        assert {"kick", "snare", "hat"} <= {trigger.name for trigger in instrument.triggers}
        assert set(WEIGHTS) == {trigger.name for trigger in instrument.triggers}
        assert all(len(weights) == STEPS for weights in WEIGHTS.values())


# loudness -----------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=KINDS)
def plain(request: pytest.FixtureRequest) -> tuple[str, Samples]:
    """A kind, and seven and a half seconds of it, at its defaults."""
    kind = str(request.param)
    return kind, measured(catalogue()[kind], 8.0)


def test_at_level_0_db_all_instruments_are_equally_loud_and_nothing_clips(plain: tuple[str, Samples]) -> None:
    heard = plain[1]
    assert loudness_lufs(heard) == pytest.approx(TARGET_LUFS, abs=2.0)
    assert peak_db(heard) < 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_every_instrument_passes_the_check_that_anybody_can_run(kind: str) -> None:
    """Corners, DC, peaks, reactions, silence, jumps: see `instrument_check`. In shorter sounds than a person hears."""
    verdicts = check_instrument(catalogue()[kind], CHECKED_S.get(kind, 1.75))
    bad = {(kind, verdict.name): verdict.found for verdict in verdicts if not verdict.good}
    assert bad.keys() - SOFTER == set(), bad


def test_level_is_in_decibels_and_its_lowest_is_silence(plain: tuple[str, Samples]) -> None:
    kind, full = plain
    lower = measured(catalogue()[kind], 3.0, level=-20.0)[: 2 * RATE_HZ]  # then it is struck no more
    full = full[: 2 * RATE_HZ]
    assert loudness_lufs(full) - loudness_lufs(lower) == pytest.approx(20.0, abs=0.2)
    assert peak_db(measured(catalogue()[kind], 1.0, level=-80.0)) < -120.0


def test_both_sides_sound_wide_and_survive_one_loudspeaker(plain: tuple[str, Samples]) -> None:
    kind, heard = plain
    if kind in SPREAD_OUT:
        heard = measured(catalogue()[kind], 6.0, **SPREAD_OUT[kind])
    middle, side = heard.sum(axis=1) / 2, (heard[:, 0] - heard[:, 1]) / 2
    assert 0.1 < side.std() / middle.std() < 0.9
    left_db, right_db = 20 * np.log10(heard.std(axis=0))
    assert abs(left_db - right_db) < UNEVEN_DB.get(kind, 2.5)


# cleanness ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_bursts_at_the_start(kind: str) -> None:
    heard = play(kind, 3.0)
    if kind in WAITING:
        assert peak_db(heard) < -120.0
        return
    first = heard[: RATE_HZ // 100]
    assert np.max(np.abs(first)) < 0.3 * np.max(np.abs(heard))
    assert bend(first) < bend(heard[RATE_HZ:])


def jumps(kind: str) -> Sequence[tuple[Parameter, float, float]]:
    return [
        (parameter, *ends)
        for parameter in catalogue()[kind].parameters
        for ends in ((parameter.low, parameter.high), (parameter.high, parameter.low))
    ]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in STRUCK])
def test_a_parameter_that_jumps_across_its_range_does_not_click(kind: str) -> None:
    for parameter, before, after in jumps(kind):
        heard = play(kind, 3.0, TimedChange(1.5, {parameter.name: after}), **{parameter.name: before})
        jump, landed = round(1.5 * RATE_HZ), round((1.5 + parameter.glide_s + 0.15) * RATE_HZ)
        steady = max(bend(heard[RATE_HZ // 2 : jump - FRAMES]), bend(heard[landed:]))
        # Grains cut from a bell bend more than others, whenever they come, and a choir between u and i sings a and e: a
        # click would be ten times as much. Between a dark and a bright moment of the freeze lie glass and metal.
        factor = 3.0 if kind in ("granular", "choir", "freeze") else 1.5
        assert bend(heard[jump - FRAMES : landed]) < factor * steady, (parameter.name, before, after)


def test_a_drum_that_is_struck_again_while_it_rings_does_not_click() -> None:
    rng = np.random.default_rng(5)
    times_s = 0.1 + np.cumsum(rng.uniform(0.017, 0.2, 40))
    for drum in ("kick", "tom"):
        rolled = [TimedChange(float(time_s), triggers=(drum,)) for time_s in times_s]
        heard = play("percussion", float(times_s[-1]) + 0.3, *rolled, click=0.0, drive=0.0, decay=0.9)
        # A drum that started from zero would jump by as much as it rings: 0.3 and more.
        assert bend(heard) < 0.02
        assert peak_db(heard) < 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_silence_does_not_fade_into_denormal_numbers(kind: str) -> None:
    # Many processors need ten times as long for numbers below 1.2e-38: a graph that remembers must not get there. What
    # is left at the end is the guard against it, which stays: a sound that still fades falls tenfold in two seconds.
    end_s = 20 if kind in LONG_TAILS else 14
    down = TimedChange(1.0, {"level": -80.0})
    heard = play(kind, float(end_s), *strokes(catalogue()[kind], 1.0), down)
    before, last = (float(heard[(at_s - 1) * RATE_HZ : at_s * RATE_HZ].std()) for at_s in (end_s - 2, end_s))
    assert 1e-20 < last < 1e-6
    assert last > 0.5 * before


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_samples(kind: str) -> None:
    happenings = [*strokes(catalogue()[kind], 1.0), TimedChange(0.3, {"level": -6.0})]
    first, again, other = (play(kind, 1.0, *happenings, seed=seed) for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert np.array_equal(first, other) == (kind in WITHOUT_CHANCE)


@pytest.mark.parametrize("kind", KINDS)
def test_an_instrument_that_is_dropped_leaves_nothing_behind_without_the_garbage_collector(kind: str) -> None:
    with server() as made:
        before = len(made.getStreams())
        gc.disable()
        try:
            played = InstrumentPlayer(made, kind, {})
            assert len(made.getStreams()) > before
            played.render(0.1)
            played.instrument.output.stop()
            del played
            assert len(made.getStreams()) == before
        finally:
            gc.enable()
