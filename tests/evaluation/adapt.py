"""`python -m tests.evaluation.adapt`: visitors of other proportions and reach, with and without `adapt`.

Prints tables for docs/playability.md: which share of the range of each output visitors reach, how soon, what a person
with the taught body loses, and what a body that is still does to it. Shipped presets are played by real movement that
was recorded, with its limbs and reach changed (`tests.evaluation.visitors`); besides, mappings are taught on a
recording and played by it. Recordings: those of `tests.evaluation.gestures`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.adaptation import RangeAdaptation
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.rbf import k_centre
from gesturesynth.mapping.learning.taught_range import TaughtRange
from gesturesynth.pipeline.fit_job import fit_job
from tests.evaluation.gestures import recordings
from tests.evaluation.trust import FEATURES
from tests.evaluation.visitors import TAUGHT_BODY, VISITORS, Visitor, poses
from tests.support.trembling import trembling_features

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

PRESETS: Final = ("theremin", "drone", "grains", "drums")
MOVING: Final = ("jacks", "demo", "dancer")
LENGTH_S: Final = 24.0
LEARNT_S: Final = 10.0
"""From here on it counts which range is reached."""
DRIVERS: Final = ("right_wrist.height", "left_wrist.height", "hands.distance")
"""What the sounds of mappings follow that are taught on a recording."""
TAKES: Final = 8
TAKE_S: Final = 0.3
NEAR_END: Final = 0.05
LEAST_RANGE: Final = 0.3
"""Of an output: what the taught body itself moves less in a recording is not counted."""
STILL_FRAMES: Final = 18000


class Adaptation(Protocol):
    """What stands between features and model."""

    def adapted(self, values: Float, seen: Bools, time_s: float) -> Float: ...


class NoAdaptation:
    """Features as they are."""

    def adapted(self, values: Float, _seen: Bools, _time_s: float) -> Float:
        return values


class QuantileAdaptation:
    """The other design: running 5 % and 95 % quantiles of what is seen while it moves, against the taught ends.

    A quantile moves by `rate` of the width for each width that the feature moves, up or down in the ratio 19 to 1.
    """

    def __init__(self, taught: TaughtRange, rate: float = 1.0) -> None:
        low, high = taught.low.view, taught.high.view
        self._used = np.isfinite(low)
        self._low, self._width = np.where(self._used, low, 0.0), np.where(self._used, high - low, 1.0)
        self._rate = rate
        self._ends = np.array([[0.05], [0.95]]) + np.zeros(len(low))
        self._last: Float | None = None

    def adapted(self, values: Float, seen: Bools, _time_s: float) -> Float:
        u = (values - self._low) / self._width
        way = np.where(seen, np.abs(u - (u if self._last is None else self._last)), 0.0)
        way = np.where(way < 0.01, 0.0, way)
        self._last = u
        for end, share in ((0, 0.05), (1, 0.95)):
            self._ends[end] += self._rate * way * np.where(u > self._ends[end], share, share - 1.0)
        width = np.clip(self._ends[1] - self._ends[0], 0.45, 1.8)
        middle = np.clip(self._ends.mean(axis=0), 0.0, 1.0)
        moved = 0.5 + (u - middle) * 0.9 / width
        return np.where(self._used, self._low + self._width * moved, values)


def _turns(taught: TaughtRange) -> RangeAdaptation:
    adaptation = RangeAdaptation(on=True)
    adaptation.change(taught)
    return adaptation


DESIGNS: Final[dict[str, Callable[[TaughtRange], Adaptation]]] = {
    "none": lambda _: NoAdaptation(),
    "quantiles": QuantileAdaptation,
    "turns": _turns,
}


@dataclass(frozen=True)
class Piece:
    """What is played: features, a mapping, and what was taught: ends of outputs, (2, m), and of features, (2, k)."""

    features: tuple[str, ...]
    mapping: FittedMapping
    ends: Float
    spans: Float


def _piece(features: tuple[str, ...], mapping: FittedMapping, x: Float) -> Piece:
    positions = np.array([mapping.predict(row) for row in x[:: max(1, len(x) // 400)]])
    spans = np.stack([x.min(axis=0), x.max(axis=0)])
    return Piece(features, mapping, np.quantile(positions, [0.05, 0.95], axis=0), spans)


@cache
def shipped(name: str) -> Piece:
    """A preset with its factory examples."""
    preset = loader.load(paths.presets_dir() / f"{name}.yaml")
    job = fit_job(preset)
    return _piece(preset.features, fit(job), job.x.view)


@cache
def taught(recording: str, features: tuple[str, ...]) -> Piece:
    """A mapping of eight takes of a recording; its outputs follow `DRIVERS`."""
    times, x, _ = seen(recording, TAUGHT_BODY, features)
    _, driven, _ = seen(recording, TAUGHT_BODY, DRIVERS)
    low, high = np.quantile(driven, [0.05, 0.95], axis=0)
    positions = np.clip((driven - low) / (high - low), 0.0, 1.0)
    starts = np.arange(0.5, times[-1] - TAKE_S, TAKE_S / 2)
    frames = [np.flatnonzero((times >= start) & (times < start + TAKE_S)) for start in starts]
    frames = [of for of in frames if len(of)]
    chosen = k_centre(np.array([positions[of].mean(axis=0) for of in frames]), TAKES)
    takes = [frames[index] for index in chosen]
    rows = np.concatenate(takes)
    examples = Examples(
        columns(features),
        x[rows],
        tuple(f"o{index}" for index in range(len(DRIVERS))),
        np.concatenate([np.repeat(positions[of].mean(axis=0)[None], len(of), axis=0) for of in takes]),
        np.full(len(rows), ""),
        np.repeat(np.arange(len(takes)), [len(of) for of in takes]),
    )
    outputs = [Output(name, 0.0, 1.0) for name in examples.outputs]
    return _piece(features, fit(make_job(examples, examples.columns, outputs)), x[rows])


@cache
def seen(recording: str, visitor: Visitor, features: tuple[str, ...]) -> tuple[Float, Float, Bools]:
    """Times (n,), features (n, k) and which are seen (n, k)."""
    extractor = FeatureExtractor(features)
    times, rows, known = [], [], []
    for pose in poses(recording, visitor, LENGTH_S):
        image = pose.bodies[0].image_array() if pose.bodies else None
        frame = extractor.extract(image, pose.width, pose.height, pose.capture_time_s)
        if frame.person_present:
            times.append(pose.capture_time_s)
            rows.append(frame.values)
            known.append(frame.seen)
    return np.array(times), np.array(rows), np.array(known)


@dataclass(frozen=True)
class Played:
    """Times (n,), positions (n, m) and confidence (n,), in the body as it is and in adapted features."""

    times: Float
    positions: Float
    confidence: Float
    adapted_confidence: Float

    def within(self, start_s: float, end_s: float) -> Played:
        """A part of it."""
        part = (self.times >= start_s) & (self.times < end_s)
        return Played(
            *(values[part] for values in (self.times, self.positions, self.confidence, self.adapted_confidence))
        )


def play(piece: Piece, design: str, times: Float, x: Float, known: Bools, *, whole: bool = False) -> Played:
    """Plays rows of features. `whole`: every feature is adapted, from the least to the greatest taught value."""
    taught_range = piece.mapping.taught
    if taught_range is None:
        raise ValueError("nothing was taught")
    if whole:
        taught_range = TaughtRange(*(Array.pack(end) for end in piece.spans))
    adaptation = DESIGNS[design](taught_range)
    rows = [
        adaptation.adapted(row, seen_now, float(time_s)) for row, seen_now, time_s in zip(x, known, times, strict=True)
    ]
    confidences = [np.array([piece.mapping.confidence(row) for row in some]) for some in (x, rows)]
    return Played(times, np.array([piece.mapping.predict(row) for row in rows]), *confidences)


def reached(piece: Piece, played: Played, taught: Played, start_s: float = LEARNT_S) -> Float:
    """Which part of the range of each output (m,) is reached after `start_s`, from the 5th to the 95th percentile.

    The range: what the taught body reaches of it in the same movement without adaptation; NaN where that is little.
    """
    ends = np.quantile(taught.positions, [0.05, 0.95], axis=0).clip(*piece.ends)
    low, high = np.quantile(played.positions[played.times >= start_s], [0.05, 0.95], axis=0)
    common = np.minimum(high, ends[1]) - np.maximum(low, ends[0])
    width = ends[1] - ends[0]
    return np.where(width > LEAST_RANGE, np.clip(common / np.maximum(width, 1e-9), 0.0, 1.0), np.nan)


def reached_after_s(played: Played, taught: Played) -> Float:
    """When each output (m,) has been at both ends of what the taught body reaches; infinite for never."""
    ends = np.quantile(taught.positions, [0.05, 0.95], axis=0)
    slack = NEAR_END * (ends[1] - ends[0])
    there = np.stack([played.positions <= ends[0] + slack, played.positions >= ends[1] - slack])
    first_s = np.where(there.any(axis=1), played.times[there.argmax(axis=1)], np.inf).max(axis=0)
    return np.where(ends[1] - ends[0] > LEAST_RANGE, first_s, np.nan)


def _cells(values: Sequence[float]) -> str:
    return " | ".join(f"{value:.2f}" for value in values)


def of_shipped() -> None:
    """Shares, and seconds until both ends were reached."""
    print("| visitor | preset |" + "".join(f" {d}: mean | least |" for d in DESIGNS) + " both ends after, s | before |")
    print("|---|---|" + "---|" * (2 * len(DESIGNS) + 2))
    for visitor in VISITORS:
        for name in PRESETS:
            piece = shipped(name)
            found: dict[str, list[Float]] = {design: [] for design in DESIGNS}
            after: dict[str, list[Float]] = {design: [] for design in DESIGNS}
            for recording in MOVING:
                taught_body = play(piece, "none", *seen(recording, TAUGHT_BODY, piece.features))
                for design in DESIGNS:
                    played = play(piece, design, *seen(recording, visitor, piece.features))
                    found[design].append(reached(piece, played, taught_body))
                    after[design].append(reached_after_s(played, taught_body))
            means = [np.nanmean(found[design], axis=0) for design in DESIGNS]
            cells = [value for mean in means for value in (np.nanmean(mean), np.nanmin(mean))]
            seconds = [float(np.nanmedian(after[design])) for design in ("turns", "none")]
            texts = (f"{value:.1f}" if np.isfinite(value) else "never" for value in seconds)
            print(f"| {visitor.name} | {name} | {_cells(cells)} | " + " | ".join(texts) + " |", flush=True)


def of_taught() -> None:
    """The same of mappings that are taught on a recording, and what the taught body loses."""
    print("\n| features |" + "".join(f" {v.name}: none | quantiles | turns |" for v in VISITORS[:5]))
    print("|---|" + "---|" * 15)
    losses, confidences = [], []
    for text, names in FEATURES.items():
        cells = []
        changes: dict[str, list[Float]] = {"quantiles": [], "turns": []}
        raw, adapted = [], []
        for visitor in (TAUGHT_BODY, *VISITORS[:5]):
            found: dict[str, list[float]] = {design: [] for design in DESIGNS}
            for recording in MOVING:
                piece = taught(recording, names)
                rows = seen(recording, visitor, names)
                own = play(piece, "none", *seen(recording, TAUGHT_BODY, names))
                for design in DESIGNS:
                    played = play(piece, design, *rows)
                    found[design].append(float(np.nanmean(reached(piece, played, own))))
                    if visitor is TAUGHT_BODY and design in changes:
                        changes[design].append(np.abs(played.positions - own.positions).ravel())
                    if design == "turns":
                        raw.append(played.confidence)
                        adapted.append(played.adapted_confidence)
            cells += [float(np.mean(found[design])) for design in DESIGNS] if visitor is not TAUGHT_BODY else []
        print(f"| {text} | {_cells(cells)} |", flush=True)
        parts = [float(np.quantile(np.concatenate(changes[d]), q)) for d in changes for q in (0.5, 0.95)]
        losses.append(f"| {text} | {' | '.join(f'{part:.3f}' for part in parts)} |")
        silent = [float((np.concatenate(some) < 0.5).mean()) for some in (raw, adapted)]
        confidences.append(f"| {text} | {_cells(silent)} |")
    print("\n| features | quantiles: median change | 95th percentile | turns: median change | 95th percentile |")
    print("|---|---|---|---|---|\n" + "\n".join(losses))
    print("\n| features | silent, confidence of the body as it is | of adapted features |\n|---|---|---|")
    print("\n".join(confidences))


def of_stillness() -> None:
    """Ten minutes of a person who stands still, trembling by once and twice what is measured of still people."""
    print("\n| preset | trembling | stretches, least and greatest | drift of an output |\n|---|---|---|---|")
    for name in PRESETS:
        piece = shipped(name)
        for size in (0.0008, 0.0015):
            stretches, drifts = [], []
            for recording in MOVING:
                pose = next(pose for pose in recordings.poses(recording)[30:] if pose.bodies)
                rows = trembling_features(
                    pose.bodies[0].image_array(), piece.features, STILL_FRAMES, np.random.default_rng(3), size
                )
                if piece.mapping.taught is None:
                    continue
                adaptation = _turns(piece.mapping.taught)
                adapted = [adaptation.adapted(row, np.isfinite(row), frame / 30) for frame, row in enumerate(rows)]
                stretches.append(adaptation.stretches)
                played, before = (
                    np.array([piece.mapping.predict(row) for row in some[-300:]]) for some in (adapted, rows)
                )
                drifts.append(float(np.abs(played - before).max()))
            ends = float(np.min(stretches)), float(np.max(stretches))
            print(f"| {name} | {size:g} | {ends[0]:.3f}, {ends[1]:.3f} | {max(drifts):.3f} |", flush=True)


def of_changes() -> None:
    """Another person after 20 s: without a gap, after a second, and after the preset has become idle."""
    print("\n| from | to | gap, s | share in the first 5 s | after 10 s |\n|---|---|---|---|---|")
    piece = shipped("theremin")
    child, dancer = VISITORS[0], VISITORS[1]
    for first, second in ((child, TAUGHT_BODY), (TAUGHT_BODY, child), (child, dancer), (dancer, child)):
        for gap_s in (0.0, 1.0, 2.5):
            shares = []
            for recording in ("demo", "dancer"):
                own = play(piece, "none", *seen(recording, TAUGHT_BODY, piece.features))
                rows = [seen(recording, who, piece.features) for who in (first, second)]
                until = rows[0][0] < 20.0
                times = np.concatenate([rows[0][0][until], rows[1][0] + 20.0 + gap_s])
                x, known = (np.concatenate([rows[0][part][until], rows[1][part]]) for part in (1, 2))
                played = play(piece, "turns", times, x, known)
                later = [played.within(20.0 + gap_s + start, 20.0 + gap_s + start + 14.0) for start in (0.0, 10.0)]
                later[0] = played.within(20.0 + gap_s, 25.0 + gap_s)
                shares.append([float(np.nanmean(reached(piece, part, own, 0.0))) for part in later])
            early, late = np.mean(shares, axis=0)
            print(f"| {first.name} | {second.name} | {gap_s:g} | {early:.2f} | {late:.2f} |", flush=True)


def of_angles() -> None:
    """What adapting the bend of joints, too, would do to the shipped drums, and to mappings taught on recordings."""
    print(
        "\n| played | visitor |"
        + "".join(f" {how}: mean | least |" for how in ("as taught", "upper arms", "bends, too"))
    )
    print("|---|---|" + "---|" * 6)
    names, ways = ("arms.angles",), (("none", False), ("turns", False), ("turns", True))
    for visitor in (TAUGHT_BODY, *VISITORS[2:5]):
        for text in ("drums", "taught"):
            found: list[list[Float]] = [[], [], []]
            for recording in MOVING:
                piece = shipped("drums") if text == "drums" else taught(recording, names)
                own = play(piece, "none", *seen(recording, TAUGHT_BODY, names))
                for (design, whole), shares in zip(ways, found, strict=True):
                    played = play(piece, design, *seen(recording, visitor, names), whole=whole)
                    shares.append(reached(piece, played, own))
            means = [np.nanmean(shares, axis=0) for shares in found]
            cells = [value for mean in means for value in (np.nanmean(mean), np.nanmin(mean))]
            print(f"| {text} | {visitor.name} | {_cells(cells)} |", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Prints the tables. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    of_shipped()
    of_taught()
    of_stillness()
    of_changes()
    of_angles()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
