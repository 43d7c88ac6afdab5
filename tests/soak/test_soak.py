"""The soak's judgement: it sees what grows and does not see noise; and everything breaks at least once, in any soak."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import msgspec
import pytest

from tests.soak.faults import FAULTS
from tests.soak.record import FaultRecord, Loudness, OscTraffic, ProcessSample, Sample, Soak
from tests.soak.report import BEGIN, END, block, renewed
from tests.soak.schedule import plan
from tests.soak.traffic import is_rubbish
from tests.soak.verdict import explained, judge, sentences, silences

MINUTES = 10
BEGIN_S = 1000.0
END_S = BEGIN_S + MINUTES * 60
NAMES = ("supervisor", "tracker", "conductor", "engine")
OF_VICTIMS = {
    victim: [fault.name for fault in FAULTS if fault.victim == victim] for victim in ("conductor", "engine", "tracker")
}
Grow = Callable[[ProcessSample], ProcessSample]


def process(name: str, age_s: float, chance: random.Random) -> ProcessSample:
    """As it is in everyday life: memory that breathes, a file and a thread that come and go."""
    return ProcessSample(
        name=name,
        pid=NAMES.index(name) + 10,
        age_s=age_s,
        rss_mb=200.0 + chance.gauss(0.0, 1.0),
        own_mb=80.0 + chance.gauss(0.0, 1.0),
        fds=30 + (chance.random() < 0.2),
        threads=12 + (chance.random() < 0.2),
    )


def soak(grow: Grow = lambda one: one, seed: int = 1, **changed: object) -> Soak:
    """Ten minutes in which nothing is wrong, but for what `grow` makes of each sample of a process."""
    chance = random.Random(seed)
    sampled = [
        Sample(
            time_s=BEGIN_S + at_s,
            processes=tuple(grow(process(name, 20.0 + at_s, chance)) for name in NAMES),
            family=4,
            runtime_files=20,
            temporary_files=1,
            shared_memory=6,
            state_mb=0.3 + at_s / 1000,
            takes=3,
            engine_pid=13,
            xruns=int(at_s / 60),
            latency_ms=40.0 + chance.gauss(0.0, 3.0),
            latency_p99_ms=70.0 + chance.gauss(0.0, 10.0),
            fps=30.0,
            healthy=True,
            calm=True,
        )
        for at_s in range(0, MINUTES * 60, 5)
    ]
    heard = [Loudness(BEGIN_S + number / 10, 0.1, 0.4) for number in range(1, MINUTES * 600)]
    whole = Soak(
        begin_s=BEGIN_S,
        end_s=END_S,
        ceiling=0.708,
        sampled=tuple(sampled),
        heard=tuple(heard),
        broken=(
            FaultRecord("engine killed", BEGIN_S + 100.0, 2.0, 15.0, "engine"),
            FaultRecord("tracker killed", BEGIN_S + 200.0, 2.0, 0.0, "tracker"),
        ),
        trained=10,
        switched=50,
        talk=OscTraffic(commands=100, acks=99, rubbish=1000, states=50, answered_s=END_S - 0.5),
        missteps=(),
        after=(),
    )
    return msgspec.structs.replace(whole, **changed)


def without(made: Soak, begin_s: float, end_s: float) -> Soak:
    """The same, heard but for a while."""
    return msgspec.structs.replace(
        made, heard=tuple(one for one in made.heard if not BEGIN_S + begin_s < one.time_s < BEGIN_S + end_s)
    )


# --------------------------------------------------------------------------------------------------------------- growth
@pytest.mark.parametrize("seed", range(20))
def test_noise_is_not_taken_for_growth(seed: int) -> None:
    assert sentences(soak(seed=seed)) == []


def leaking(name: str, field: str, each_minute: float) -> Grow:
    def grow(one: ProcessSample) -> ProcessSample:
        if one.name != name:
            return one
        more = each_minute * one.age_s / 60
        now = getattr(one, field)
        return msgspec.structs.replace(one, **{field: type(now)(now + more)})

    return grow


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("field", "each_minute", "what"),
    [
        ("own_mb", 8.0, "memory of its own"),
        ("rss_mb", 8.0, "memory in use"),
        ("fds", 1.0, "open files"),
        ("threads", 1.0, "threads"),
    ],
)
def test_a_leak_is_named_with_its_process_and_how_much(name: str, field: str, each_minute: float, what: str) -> None:
    (sentence,) = sentences(soak(leaking(name, field, each_minute)))
    assert sentence.startswith(f"{name}: {what}: ")
    (row,) = (row for row in judge(soak(leaking(name, field, each_minute))) if row.bad)
    assert row.end - row.start == pytest.approx(each_minute * 6.5, rel=0.3)


def test_a_leak_of_a_process_that_a_fault_has_ended_is_seen_too() -> None:
    def grow(one: ProcessSample) -> ProcessSample:
        if one.name != "engine":
            return one
        if one.age_s > 400.0:  # another life, in which nothing grows
            return msgspec.structs.replace(one, pid=99, age_s=one.age_s - 400.0)
        return leaking("engine", "own_mb", 5.0)(one)

    killed = FaultRecord("engine killed", BEGIN_S + 380.0, 6.0, 15.0, "engine")
    assert [sentence.split(":")[0] for sentence in sentences(soak(grow, broken=(killed,)))] == ["engine"]


def reborn(name: str, at_s: float) -> Grow:
    """The process is another from then on."""

    def grow(one: ProcessSample) -> ProcessSample:
        is_new = one.name == name and one.age_s > 20.0 + at_s
        return msgspec.structs.replace(one, pid=99) if is_new else one

    return grow


@pytest.mark.parametrize("name", NAMES)
def test_a_restart_that_no_fault_explains_is_seen(name: str) -> None:
    (sentence,) = sentences(soak(reborn(name, 300.0)))
    assert sentence == f"restarts that no fault explains: 0 -> 1, at most 0. {name}, 305 s after the begin"


def test_a_restart_is_explained_by_a_fault_of_its_own_process_alone() -> None:
    assert sentences(soak(reborn("engine", 100.0))) == []
    assert sentences(soak(reborn("tracker", 200.0))) == []
    for name, at_s in (("engine", 200.0), ("tracker", 100.0), ("conductor", 100.0), ("engine", 115.0)):
        assert "restarts that no fault explains" in sentences(soak(reborn(name, at_s)))[0]


def test_warming_up_is_no_growth() -> None:
    def grow(one: ProcessSample) -> ProcessSample:
        return msgspec.structs.replace(one, own_mb=one.own_mb - max(0.0, 60.0 - one.age_s))

    assert sentences(soak(grow)) == []


def test_a_process_that_never_ran_long_enough_is_no_proof() -> None:
    def grow(one: ProcessSample) -> ProcessSample:
        return msgspec.structs.replace(one, pid=int(one.age_s)) if one.name == "conductor" else one

    assert any("conductor" in sentence and "too few" in sentence for sentence in sentences(soak(grow)))


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("family", 6, "processes"),
        ("runtime_files", 25, "runtime folder"),
        ("temporary_files", 9, "temporary files"),
        ("shared_memory", 12, "shared memory"),
        ("state_mb", 40.0, "state on the disk"),
        ("latency_ms", 400.0, "frame to parameters, median"),
    ],
)
def test_what_piles_up_outside_the_processes_is_seen(field: str, value: float, what: str) -> None:
    made = soak()
    half = len(made.sampled) // 2
    later = tuple(msgspec.structs.replace(sample, **{field: value}) for sample in made.sampled[half:])
    (sentence,) = sentences(msgspec.structs.replace(made, sampled=made.sampled[:half] + later))
    assert what in sentence


# ---------------------------------------------------------------------------------------------------------------- sound
def test_a_silence_is_explained_by_the_fault_before_it_and_by_no_other() -> None:
    assert sentences(without(soak(), 100.1, 105.0)) == []
    for begin_s, end_s in ((90.0, 95.0), (101.0, 120.0), (200.1, 203.0)):
        (sentence,) = sentences(without(soak(), begin_s, end_s))
        assert "silence that nothing explains" in sentence
        assert f"{begin_s:.1f} s after the begin" in sentence


def test_a_glitch_is_no_silence_and_an_end_without_sound_is_one() -> None:
    assert sentences(without(soak(), 300.0, 300.4)) == []
    assert silences(soak().heard, BEGIN_S, END_S) == []
    (gap,) = silences(without(soak(), 590.0, 600.0).heard, BEGIN_S, END_S)
    assert gap[1] == END_S
    assert explained(gap, soak().broken) is None


@pytest.mark.parametrize("peak", [0.72, math.nan])
def test_a_single_sample_above_the_ceiling_is_seen(peak: float) -> None:
    heard = (*soak().heard[:100], Loudness(BEGIN_S + 10.05, 0.1, peak), *soak().heard[100:])
    (sentence,) = sentences(soak(heard=heard))
    assert sentence.startswith("loudest sample")


# ----------------------------------------------------------------------------------------------------------- the rest
def test_a_missing_answer_and_a_problem_that_stays_are_reported() -> None:
    assert "OSC" in sentences(soak(talk=OscTraffic(answered_s=END_S - 60.0)))[0]
    never = FaultRecord("conductor killed", BEGIN_S + 10.0, math.inf, 0.0)
    assert sentences(soak(broken=(never,))) == ["conductor killed: not healthy again in time"]
    assert sentences(soak(missteps=("that",), after=("this",))) == ["that", "this"]


@pytest.mark.parametrize("minutes", [2, 3, 10, 30, 480])
def test_every_soak_has_every_fault_and_a_long_run_of_each_process(minutes: int) -> None:
    events = plan(minutes * 60, OF_VICTIMS)
    faults = [event for event in events if event.kind == "fault"]
    assert {event.name for event in faults} == {fault.name for fault in FAULTS}
    assert events == sorted(events, key=lambda event: event.at_s)
    assert 0.0 < events[0].at_s < events[-1].at_s < minutes * 60
    assert faults[-1].at_s < minutes * 60 - (faults[1].at_s - faults[0].at_s)
    assert {event.kind for event in events} == {"fault", "train", "switch"}
    for victim, names in OF_VICTIMS.items():
        own = [0.0, *(event.at_s for event in faults if event.name in names), minutes * 60]
        longest_s = max(later - former for former, later in pairwise(own))
        assert longest_s > 0.3 * minutes * 60, victim


def test_too_short_a_soak_is_refused_with_how_long_it_has_to_be() -> None:
    with pytest.raises(ValueError, match=r"11 kinds of faults need at least 1\.7 minutes"):
        plan(60.0, OF_VICTIMS)


def test_invalid_datagrams_never_carry_a_command() -> None:
    assert is_rubbish(b"\xff" * 12)
    assert is_rubbish(b"/nobody\0,\0\0\0")
    assert not is_rubbish(b"/gesturesynth/panic\0,\0\0\0")


def test_the_page_gets_its_block_and_keeps_the_rest() -> None:
    new = block(soak(), datetime(2026, 3, 1, tzinfo=UTC))
    page = renewed(f"before\n{BEGIN}\nold\n{END}\nafter\n", new)
    assert page == f"before\n{new}\nafter\n"
    assert "10 minutes on 2026-03-01" in page
    assert "Nothing grew, and it was always heard." in page
    assert "| engine killed | 1 | 2.0 s | 2.0 s | none |" in page
    with pytest.raises(ValueError, match="there is no block"):
        renewed("nothing", new)
