"""Judges a soak: whether anything grew, and whether there was always sound. Pure: a soak in, rows out.

Memory, files and threads are compared within one life of a process: the median of the first quarter of its samples with
that of the last. A process that begins warms up first, and that does not count. Files and threads are counted in calm
moments: each training, and each neighbour that is away, has some.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec

from gesturesynth.core.units import db_to_gain, gain_to_db
from tests.soak.record import FaultRecord, Loudness, ProcessSample, Sample, Soak

LEAST_SAMPLES: Final = 8
LEAST_CALM: Final = 4
"""A process with fewer samples, or fewer without faults, proves nothing."""
WARM_PART: Final = 1 / 9
LONGEST_WARM_S: Final = 60.0
SILENT_DB: Final = -70.0
"""The presets idle some 30 dB above this."""
GLITCH_S: Final = 0.5
"""Without any fault: a busy machine may leave out so much."""
MEMORY_MB: Final = 6.0
MEMORY_PART: Final = 0.02
"""What memory may vary by, and that part of it besides."""
SWAY_MB: Final = {"tracker": 30.0}
"""More than that: a camera that is opened again moves what OpenCV has set aside by 25 MB, up and down again."""
FEW: Final = 2.0
"""What the numbers of files and threads may vary by: what comes and goes is not always caught at the same moment."""
TAKE_MB: Final = 0.2
JOURNAL_MB: Final = 5.0
"""What a take may need on the disk, and what SQLite's journal may."""
LATENCY_PART: Final = 2.0
LATENCY_MS: Final = 20.0
LATENCY_P99_MS: Final = 80.0
XRUNS: Final = 60.0
ANSWER_S: Final = 10.0


class Row(msgspec.Struct, frozen=True):
    """One thing that was compared.

    Attributes:
        what: for people.
        start, end: at both times, in `unit`.
        most: what `end` may be at most.
        note: more about it, for people.
    """

    what: str
    start: float
    end: float
    most: float
    unit: str = ""
    note: str = ""

    @property
    def bad(self) -> bool:
        """Whether it is more than it may be; what could not be measured is bad."""
        return not self.end <= self.most


def judge(soak: Soak) -> list[Row]:
    """Everything that is compared."""
    warm_s = min(LONGEST_WARM_S, (soak.end_s - soak.begin_s) * WARM_PART)
    return [
        *(row for name in _names(soak.sampled) for row in growth(name, soak.sampled, warm_s)),
        restarts(soak),
        *leftovers(soak, warm_s),
        *figures_without_faults(soak, warm_s),
        *sound_rows(soak),
        osc_answers(soak),
    ]


def sentences(soak: Soak) -> list[str]:
    """All that was not as it should be."""
    found = [*soak.missteps, *soak.after]
    found += [f"{one.kind}: not healthy again in time" for one in soak.broken if not math.isfinite(one.healthy_s)]
    for row in judge(soak):
        if row.bad:
            unit = f" {row.unit}" if row.unit else ""
            found.append(
                f"{row.what}: {row.start:.4g} -> {row.end:.4g}{unit}, at most {row.most:.4g}. {row.note}".strip()
            )
    return found


# ----------------------------------------------------------------------------------------------------------- processes
def _names(samples: Sequence[Sample]) -> list[str]:
    return list(dict.fromkeys(one.name for sample in samples for one in sample.processes))


def growth(name: str, samples: Sequence[Sample], warm_s: float) -> list[Row]:
    """How much a process has grown in that of its lives in which it has grown the most.

    Args:
        name: of the process.
        samples: of the soak.
        warm_s: an age; what is younger does not count.
    """
    history = _lives(name, samples, warm_s, LEAST_SAMPLES)
    calm = _lives(name, (one for one in samples if one.calm), warm_s, LEAST_CALM)

    def memory(start: float) -> float:
        return start * (1 + MEMORY_PART) + MEMORY_MB + SWAY_MB.get(name, 0.0)

    if not history or not calm:
        return [Row(f"{name}: samples of one life", 0.0, math.nan, LEAST_SAMPLES, note="too few to compare")]
    return [
        _greatest(f"{name}: memory of its own", history, lambda one: one.own_mb, memory, "MB"),
        _greatest(f"{name}: memory in use", history, lambda one: one.rss_mb, memory, "MB"),
        _greatest(f"{name}: open files", calm, lambda one: one.fds, _few),
        _greatest(f"{name}: threads", calm, lambda one: one.threads, _few),
    ]


def _lives(name: str, samples: Iterable[Sample], warm_s: float, least: int) -> list[list[ProcessSample]]:
    """What was measured of each life that has enough to compare."""
    history: dict[int, list[ProcessSample]] = defaultdict(list)
    for sample in samples:
        for one in sample.processes:
            if one.name == name and one.age_s >= warm_s:
                history[one.pid].append(one)
    return [life for life in history.values() if len(life) >= least]


def _few(start: float) -> float:
    return start + FEW


def _greatest(
    what: str,
    history: Sequence[Sequence[ProcessSample]],
    figure: Callable[[ProcessSample], float],
    most: Callable[[float], float],
    unit: str = "",
) -> Row:
    def row(life: Sequence[ProcessSample]) -> Row:
        start, end = _ends([figure(one) for one in life])
        minutes = (life[-1].age_s - life[0].age_s) / 60
        return Row(what, start, end, most(start), unit, f"within {minutes:.1f} minutes of one life")

    return max((row(life) for life in history), key=lambda found: found.end - found.most)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Medians of the first and of the last quarter; NaN without any."""
    if not values:
        return math.nan, math.nan
    quarter = max(1, len(values) // 4)
    return median(values[:quarter]), median(values[-quarter:])


def restarts(soak: Soak) -> Row:
    """How often a process was started again although no fault had struck it: none may be."""
    seen: dict[str, ProcessSample] = {}
    seen_s: dict[str, float] = {}
    found: list[str] = []
    for sample in soak.sampled:
        for one in sample.processes:
            former = seen.get(one.name)
            if former and former.pid != one.pid and not _struck(one.name, seen_s[one.name], sample.time_s, soak.broken):
                found.append(f"{one.name}, {sample.time_s - soak.begin_s:.0f} s after the begin")
            seen[one.name], seen_s[one.name] = one, sample.time_s
    return Row("restarts that no fault explains", 0.0, len(found), 0.0, note="; ".join(found))


def _struck(name: str, last_s: float, next_s: float, broken: Sequence[FaultRecord]) -> bool:
    """Whether a fault may be why a process that was there at `last_s` was another at `next_s`."""
    return any(one.victim == name and one.begin_s <= next_s and last_s <= one.begin_s + one.healthy_s for one in broken)


# ------------------------------------------------------------------------------------------------- what is left behind
def leftovers(soak: Soak, warm_s: float) -> list[Row]:
    """What may pile up outside the processes."""
    calm = _calm(soak, warm_s)

    def counted(what: str, figure: Callable[[Sample], float], more: float, unit: str = "", note: str = "") -> Row:
        start, end = _ends([figure(sample) for sample in calm])
        return Row(what, start, end, start + more, unit, note)

    room_mb = JOURNAL_MB + TAKE_MB * soak.trained
    return [
        counted("processes", lambda sample: sample.family, 0.5),
        counted("entries of the runtime folder", lambda sample: sample.runtime_files, 0.5),
        counted("temporary files", lambda sample: sample.temporary_files, FEW),
        counted("shared memory, entries", lambda sample: sample.shared_memory, FEW),
        counted("state on the disk", lambda sample: sample.state_mb, room_mb, "MB", f"{soak.trained} takes recorded"),
    ]


def _calm(soak: Soak, warm_s: float) -> list[Sample]:
    return [sample for sample in soak.sampled if sample.calm and sample.time_s >= soak.begin_s + warm_s]


# ----------------------------------------------------------------------------------------------------------- everyday
def figures_without_faults(soak: Soak, warm_s: float) -> list[Row]:
    """How promptly it works, while nothing is broken. The limits are wide: other programs may come and go."""
    calm = _calm(soak, warm_s)
    rows = []
    figures: dict[str, tuple[Callable[[Sample], float], float]] = {
        "frame to parameters, median": (lambda sample: sample.latency_ms, LATENCY_MS),
        "frame to parameters, p99": (lambda sample: sample.latency_p99_ms, LATENCY_P99_MS),
    }
    for what, (figure, more) in figures.items():
        start, end = _ends([value for sample in calm if math.isfinite(value := figure(sample))])
        rows.append(Row(what, start, end, start * LATENCY_PART + more, "ms"))
    start, end = _ends(_xruns_a_minute(soak.sampled))
    return [*rows, Row("xruns a minute", start, end, start * LATENCY_PART + XRUNS)]


def _xruns_a_minute(samples: Sequence[Sample]) -> list[float]:
    return [
        (later.xruns - former.xruns) / (later.time_s - former.time_s) * 60
        for former, later in pairwise(samples)
        if former.calm and later.calm and former.engine_pid == later.engine_pid and min(former.xruns, later.xruns) >= 0
    ]


# -------------------------------------------------------------------------------------------------------------- sound
def silences(heard: Sequence[Loudness], begin_s: float, end_s: float) -> list[tuple[float, float]]:
    """Begin and end of every silence, or gap in the measurements, that is longer than a glitch; monotonic seconds."""
    loud = [one.time_s for one in heard if one.rms > db_to_gain(SILENT_DB) and begin_s <= one.time_s <= end_s]
    return [(former, later) for former, later in pairwise([begin_s, *loud, end_s]) if later - former > GLITCH_S]


def explained(gap: tuple[float, float], broken: Sequence[FaultRecord]) -> FaultRecord | None:
    """The fault that a silence comes of: one that had happened just before, and is not over for too long."""
    begin_s, end_s = gap
    for one in broken:
        if one.begin_s - GLITCH_S <= begin_s and end_s <= one.begin_s + one.silence_s:
            return one
    return None


def sound_rows(soak: Soak) -> list[Row]:
    """Never silent for longer than a fault explains, and never above the ceiling."""
    gaps = silences(soak.heard, soak.begin_s, soak.end_s)
    wrong = [gap for gap in gaps if explained(gap, soak.broken) is None]
    longest = max(wrong, key=lambda gap: gap[1] - gap[0], default=(0.0, 0.0))
    peaks = [one.peak for one in soak.heard]
    # A peak that is no number is above every ceiling.
    peak = math.inf if any(math.isnan(value) for value in peaks) else max(peaks, default=math.nan)
    when = f"{longest[0] - soak.begin_s:.1f} s after the begin" if wrong else ""
    return [
        Row("silence that nothing explains", 0.0, longest[1] - longest[0], GLITCH_S, "s", when),
        Row("loudest sample", gain_to_db(soak.ceiling), gain_to_db(peak), gain_to_db(soak.ceiling) + 0.01, "dBFS"),
    ]


def worst_silences(soak: Soak) -> dict[str, float]:
    """For each kind of fault, the longest silence that it has led to, seconds."""
    found: dict[str, float] = defaultdict(float)
    for gap in silences(soak.heard, soak.begin_s, soak.end_s):
        if cause := explained(gap, soak.broken):
            found[cause.kind] = max(found[cause.kind], gap[1] - gap[0])
    return found


# ---------------------------------------------------------------------------------------------------------------- OSC
def osc_answers(soak: Soak) -> Row:
    """Whether commands are still answered at the end."""
    talk = soak.talk
    note = f"{talk.acks} of {talk.commands} commands done, {talk.states} states sent, {talk.rubbish} pieces of rubbish"
    return Row("since the last answer by OSC", 0.0, soak.end_s - talk.answered_s, ANSWER_S, "s", note)
