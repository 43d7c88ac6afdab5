"""`python -m tests.evaluation.scales`: what becomes of real gestures on the theremin when pitches follow a scale.

Prints the table for docs/scales.md. The pitch that the theremin plays without a scale is led to the notes of A minor
pentatonic by several rules; the sound is taken to glide from note to note as the engine's ramps do. Recordings: those
of `tests.evaluation.gestures`; the defaults were chosen by two of them and are reported on four others.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.pitch.quantiser import NoteFollower
from gesturesynth.mapping.pitch.scales import SCALES
from gesturesynth.mapping.pitch.setting import GLIDE_S, HOLD_S, HYSTERESIS_CENTS, ScaleSetting
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.render import TICK_S
from gesturesynth.pipeline.running_preset import RunningPreset
from tests.evaluation.gestures import recordings
from tests.evaluation.page import arguments, recordings_are_there, write_part

Float = NDArray[np.float64]

CHOSEN_BY: Final = ("jacks", "demo")
OTHERS: Final = ("squats", "dancer", "two", "second_camera")
LOW_HZ, HIGH_HZ = 110.0, 1760.0
SETTING: Final = ScaleSetting(SCALES["minor pentatonic"], 9)
SHORT_S: Final = 0.1
IN_TUNE_CENTS: Final = 5.0
RETURN_S: Final = 0.5
GRID_S: Final = 0.001
LONGEST_LAG_S: Final = 0.4
SMOOTHED_S: Final = 0.05
"""Of the speed that a gate looks at."""
BEGIN, END = "<!-- scales: measured -->", "<!-- scales: end -->"


@dataclasses.dataclass(frozen=True)
class Rule:
    """How notes are chosen; `gate` is the speed in cents a second above which none is left."""

    hysteresis_cents: float = 0.0
    hold_s: float = 0.0
    gate: float = math.inf
    glide_s: float = GLIDE_S


RULES: Final = {
    "nearest note alone": Rule(),
    "hysteresis 40 cents": Rule(HYSTERESIS_CENTS),
    "speed gate 2400 cents/s": Rule(gate=2400.0),
    "speed gate 4800 cents/s": Rule(gate=4800.0),
    "hold 80 ms": Rule(hold_s=0.08),
    "hold 120 ms": Rule(hold_s=0.12),
    "hold 160 ms": Rule(hold_s=0.16),
    "hold 120 ms, hysteresis 40": Rule(HYSTERESIS_CENTS, HOLD_S),
    "the same, glide 60 ms": Rule(HYSTERESIS_CENTS, HOLD_S, glide_s=0.06),
    "the same, speed gate 4800": Rule(HYSTERESIS_CENTS, HOLD_S, 4800.0),
}


@cache
def free_pitch(name: str) -> tuple[Float, Float]:
    """Times (n,) in s, and what the theremin would play without a scale (n,), in Hz, at every step of a conductor."""
    preset = dataclasses.replace(loader.load(paths.presets_dir() / "theremin.yaml"), scale=None)
    outputs = tuple(
        dataclasses.replace(o, low=LOW_HZ, high=HIGH_HZ, idle=LOW_HZ) if o.name == "pitch" else o
        for o in preset.outputs
    )
    played = dataclasses.replace(preset, outputs=outputs)
    piece = RunningPreset(played)
    piece.take_over(fit(fit_job(preset)), 0.0)
    index = [output.name for output in preset.outputs].index("pitch")
    times, pitches, now_s = [], [], 0.0
    shots = recordings.poses(name)
    for number, pose in enumerate(shots):
        pose_s = pose.capture_time_s - shots[0].capture_time_s
        ticks = max(1, round((pose_s - now_s) / TICK_S)) if number else 1
        for tick in range(1, ticks + 1):
            time_s = now_s + (pose_s - now_s) * tick / ticks
            frame = piece.process_pose(pose if tick == ticks else None, time_s)
            times.append(time_s)
            pitches.append(float(frame.values[index]))
        now_s = pose_s
    return np.array(times), np.array(pitches)


def notes_of(times: Float, pitches: Float, rule: Rule) -> Float:
    """The note at each step."""
    follower = NoteFollower(SETTING.notes(LOW_HZ, HIGH_HZ, "Hz"), rule.hold_s, rule.hysteresis_cents)
    speed, before = 0.0, (times[0], pitches[0])
    notes: list[float] = []
    for time_s, pitch in zip(times, pitches, strict=True):
        passed_s = max(time_s - before[0], GRID_S)
        moved = abs(1200.0 * math.log2(pitch / before[1])) / passed_s
        speed += (1.0 - math.exp(-passed_s / SMOOTHED_S)) * (moved - speed)
        before = time_s, pitch
        notes.append(follower.follow(pitch, time_s) if speed <= rule.gate or not notes else notes[-1])
    return np.array(notes)


def heard(times: Float, notes: Float, grid: Float, glide_s: float) -> Float:
    """Pitch in Hz on a grid: from note to note in a straight line, begun afresh at each note, as the engine does."""
    result = np.empty(len(grid))
    start = target = pitch = notes[0]
    begun_s = -math.inf
    for index, (time_s, note) in enumerate(zip(grid, notes[np.searchsorted(times, grid, "right") - 1], strict=True)):
        if note != target:
            start, target, begun_s = pitch, note, time_s
        pitch = start + (target - start) * min(1.0, (time_s - begun_s) / glide_s)
        result[index] = pitch
    return result


def figures(names: Sequence[str], rule: Rule) -> Float:
    """Notes a second, shares of short notes, returns, notes in tune, time in tune, lag in s: (6,), by duration."""
    rows, weights = [], []
    ladder = np.array(SETTING.notes(LOW_HZ, HIGH_HZ, "Hz"))
    for name in names:
        times, pitches = free_pitch(name)
        notes = notes_of(times, pitches, rule)
        grid = np.arange(times[0], times[-1], GRID_S)
        sound = heard(times, notes, grid, rule.glide_s)
        off = np.abs(1200.0 * np.log2(sound[:, None] / ladder)).min(axis=1)
        begins = times[np.flatnonzero(np.diff(notes)) + 1]
        lengths = np.diff(begins)
        spans = list(pairwise(begins))
        held = [off[(grid >= low) & (grid < high)] for low, high in spans if high - low >= SHORT_S]
        in_tune = [float(np.median(cents)) <= IN_TUNE_CENTS for cents in held]
        free = np.interp(grid, times, np.log2(pitches))
        rows.append(
            (
                len(begins) / times[-1],
                float((lengths < SHORT_S - 1e-9).mean()) if len(lengths) else 0.0,
                returns(times, notes),
                float(np.mean(in_tune)) if in_tune else 1.0,
                float((off <= IN_TUNE_CENTS).mean()),
                lag_s(np.log2(sound), free),
            )
        )
        weights.append(times[-1])
    return np.average(np.array(rows), axis=0, weights=weights)


def returns(times: Float, notes: Float) -> float:
    """The share of notes after which the one before sounds again within `RETURN_S`."""
    changes = np.flatnonzero(np.diff(notes)) + 1
    back = [
        notes[first - 1] == notes[second] and times[second] - times[first] < RETURN_S
        for first, second in pairwise(changes)
    ]
    return float(np.mean(back)) if back else 0.0


def lag_s(sound: Float, free: Float) -> float:
    """By how much the sound comes after the pitch without a scale, where that moves: the shift with the least error."""
    moving = np.abs(np.gradient(free)) > 0.1 * GRID_S
    errors = []
    shifts = range(0, round(LONGEST_LAG_S / GRID_S), 5)
    for shift in shifts:
        there = moving[: len(moving) - shift]
        errors.append(np.abs(sound[shift:] - free[: len(free) - shift])[there].mean())
    return shifts[int(np.argmin(errors))] * GRID_S


def table(names: Sequence[str]) -> Iterator[str]:
    """Lines of Markdown for some recordings."""
    yield "| rule | notes a second | under 0.1 s | there and back | notes in tune | time in tune | lag added |"
    yield "|---|---|---|---|---|---|---|"
    alone_s = figures(names, RULES["nearest note alone"])[-1]
    for text, rule in RULES.items():
        rate, short, back, notes, time, lag = figures(names, rule).tolist()
        shares = " | ".join(f"{share:.0%}" for share in (short, back, notes, time))
        yield f"| {text} | {rate:.1f} | {shares} | {(lag - alone_s) * 1000:.0f} ms |"


def main() -> int:
    asked = arguments(__doc__).parse_args()
    if not recordings_are_there(asked.tracked):
        return 1
    lines = ["Recordings that the defaults were chosen by:", "", *table(CHOSEN_BY), ""]
    lines += ["Other recordings:", "", *table(OTHERS), ""]
    print("\n".join(lines))
    write_part(asked.page, lines, BEGIN, END)
    return 0


if __name__ == "__main__":
    sys.exit(main())
