"""Learning gestures from takes: templates, what counts in them, and how different a performance may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.alignment import Alignment
from gesturesynth.mapping.gestures.columns import out_of_sight
from gesturesynth.mapping.gestures.fitted import FittedGesture, FittedGestures
from gesturesynth.mapping.gestures.frame_costs import FrameCosts
from gesturesynth.mapping.gestures.takes import GestureTake, TakeError, sample_evenly, travelled, trim_to_movement
from gesturesynth.mapping.learning.packed_array import Array

Float = NDArray[np.float64]

NONE: Final = "none"
"""The name of what is no gesture."""

MOST_TAKES: Final = 5
"""Of a gesture; the newest count. More cost time in every frame and recognise no more."""

SIDEWAYS: Final = 1.0 / 3.0
"""Lengths across the image count as this part of themselves: a performer who turns from the front to the side
changes them from one end to the other, and heights hardly at all (cost of the same jumping jack 0.97 and 0.02)."""

RESTING: Final = 0.25
"""Weight of a feature that does not move in the gesture, as a part of that of the one that moves most: the left arm
should hang while the right one throws, but need not hang in any one place."""

LEAST_TRAVEL: Final = 0.25
"""Of the way of the feature that goes furthest: what goes less may as well stay."""

LEAST_VARIANCE: Final = 0.001
"""Square torso lengths: variance below this is trembling."""

USUAL_THRESHOLD: Final = 0.3
"""Cost of a performance that just counts when one take is all there is. Repetitions of one person cost 0.01 to 0.2,
of another person 0.1 to 0.3, other movements 0.35 and more."""

LEAST_THRESHOLD, GREATEST_THRESHOLD = 0.25, 0.5
"""However alike or different the takes are."""

SCATTER: Final = 1.5
"""With many takes, performances may cost so many times what the takes cost against each other."""

MIDDLE: Final = (0.3, 0.7)
"""Where one of two or three performances in one take ends, as a part of it."""

PRIOR_TAKES: Final = 2.0
"""The usual threshold counts as much as so many takes."""

HEADROOM: Final = 0.7
"""Of the least cost that something else ever had: the threshold stays below."""


def fit_gestures(
    takes: Sequence[GestureTake], columns: Sequence[str], units: Float, sideways: NDArray[np.bool_]
) -> FittedGestures:
    """Learns all gestures. Never raises for any numbers in the takes; what cannot be used is left out and said.

    Args:
        takes: in the order in which they were recorded, features (n, k) each. Those named `none` are no templates;
            nothing in them may be recognised.
        columns: names of the k features.
        units: (k,), see `columns.column_units`.
        sideways: (k,), see `columns.sideways_columns`.
    """
    notes: list[str] = []
    templates: dict[str, list[Float]] = {}
    labels: dict[str, list[str]] = {}
    others: list[tuple[str, Float]] = []
    for take in takes:
        samples = sample_evenly(take.times_s, take.features)
        if take.name == NONE:
            others.append((NONE, samples))
            continue
        try:
            template = trim_to_movement(samples, units)
        except TakeError as error:
            notes.append(f"{take.label} of gesture {take.name} is left out: {error}")
            continue
        templates.setdefault(take.name, []).append(template)
        if holds_several(template, units, sideways):
            notes.append(
                f"{take.label} of gesture {take.name} seems to hold the movement more than once: trim it to one "
                "performance, unless it is meant so"
            )
        others.append((take.name, samples))
        labels.setdefault(take.name, []).append(take.label)
    for name, own_labels in labels.items():
        if len(own_labels) > MOST_TAKES:
            used = ", ".join(own_labels[-MOST_TAKES:])
            notes.append(f"Gesture {name} has {len(own_labels)} takes; the newest {MOST_TAKES} are used: {used}.")
    drafts = [_draft(name, own[-MOST_TAKES:], units, sideways) for name, own in templates.items() if own]
    if not drafts:
        return FittedGestures(tuple(columns), (), tuple(notes))
    notes.extend(
        f"No take of gesture {draft.name} shows the {', '.join(hidden)}: other movements may be taken for it; "
        "add a take from another side"
        for draft in drafts
        if (hidden := out_of_sight(columns, [template.view for template in draft.templates]))
    )
    comparison = _Comparison(drafts)
    costs = [(name, comparison.cheapest(samples)) for name, samples in others]
    gestures = []
    for number, draft in enumerate(drafts):
        own = comparison.own(number, draft.templates)
        nearest = comparison.foreign(number, [cost for name, cost in costs if name != draft.name])
        gestures.append(_with_threshold(draft, own, nearest, notes))
    return FittedGestures(tuple(columns), tuple(gestures), tuple(notes))


def holds_several(template: Float, units: Float, sideways: NDArray[np.bool_]) -> bool:
    """Whether a template seems to hold the same movement more than once.

    It is divided where it comes back to its first pose; the shorter part would then be recognised in the longer one.

    Args:
        template: (n, k), from `trim_to_movement`.
        units: (k,), see `fit_gestures`.
        sideways: (k,), likewise.
    """
    offsets = template - template[0]
    away = np.where(np.isfinite(offsets), offsets**2, 0.0) @ feature_weights([template], units, sideways)
    first, last = (round(part * len(template)) for part in MIDDLE)
    back = first + int(np.argmin(away[first:last]))
    try:
        parts = [trim_to_movement(part, units) for part in (template[: back + 1], template[back:])]
    except TakeError:
        return False
    shorter, longer = sorted(parts, key=len)
    comparison = _Comparison([_draft("", [shorter], units, sideways)])
    return float(comparison.cheapest(longer)[0]) <= USUAL_THRESHOLD


def _draft(name: str, templates: Sequence[Float], units: Float, sideways: NDArray[np.bool_]) -> FittedGesture:
    weights = feature_weights(templates, units, sideways)
    return FittedGesture(
        name=name,
        templates=tuple(map(Array.pack, templates)),
        weights=Array.pack(weights),
        travel=Array.pack(feature_travel(templates, units, sideways)),
        threshold=USUAL_THRESHOLD,
        take_cost=float("nan"),
    )


def feature_weights(templates: Sequence[Float], units: Float, sideways: NDArray[np.bool_]) -> Float:
    """How much each feature counts (k,), so that standing still in the mean pose of the gesture costs 1.

    Args:
        templates: (n, k) each.
        units: (k,), see `fit_gestures`.
        sideways: (k,), likewise.
    """
    variance = np.mean([_variance(template / units) for template in templates], axis=0)
    total = float(variance.sum())
    # A gesture that goes to the side and nowhere else has nothing but sideways lengths to be told by.
    share = float(variance[sideways].sum()) / total if total > 0.0 else 0.0
    across = SIDEWAYS**2 + (1.0 - SIDEWAYS**2) * share**3
    moved = np.sqrt(variance / max(float(variance.max(initial=0.0)), 1e-12))
    weights = np.where(sideways, across, 1.0) * (RESTING + (1.0 - RESTING) * moved)
    scale = float(weights @ variance)
    return np.asarray(weights / max(scale, LEAST_VARIANCE) / units**2, dtype=np.float64)


def feature_travel(templates: Sequence[Float], units: Float, sideways: NDArray[np.bool_]) -> Float:
    """How far features go (k,), mean over the templates, in their own units; NaN for those that are not asked for.

    Asked for are those that go at least `LEAST_TRAVEL` of the way of the one that goes furthest, and were seen. Lengths
    across the image are asked for only when nothing else moves: turning changes them.

    Args:
        templates: (n, k) each.
        units: (k,), see `fit_gestures`.
        sideways: (k,), likewise.
    """
    ways = np.array([travelled(template) for template in templates]) / units
    known = np.isfinite(ways)
    mean = np.where(known, ways, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    asked = known.all(axis=0) & (mean >= LEAST_TRAVEL * mean.max(initial=0.0)) & (mean > 0.0)
    if (asked & ~sideways).any():
        asked &= ~sideways
    return np.where(asked, mean * units, np.nan)


def _variance(template: Float) -> Float:
    """Of each column (k,), of what was seen; 0 where nothing was."""
    seen = np.isfinite(template)
    count = np.maximum(seen.sum(axis=0), 1)
    known = np.where(seen, template, 0.0)
    mean = known.sum(axis=0) / count
    return np.asarray((np.where(seen, template - mean, 0.0) ** 2).sum(axis=0) / count, dtype=np.float64)


def _with_threshold(draft: FittedGesture, from_takes: Float, nearest: float, notes: list[str]) -> FittedGesture:
    """The gesture with its threshold: from what its takes cost against each other, and the least cost of the rest."""
    threshold = USUAL_THRESHOLD
    if len(from_takes):
        pull = len(from_takes) / (len(from_takes) + PRIOR_TAKES)
        wanted = min(max(SCATTER * float(from_takes.max()), LEAST_THRESHOLD), GREATEST_THRESHOLD)
        threshold = (1.0 - pull) * USUAL_THRESHOLD + pull * wanted
    if HEADROOM * nearest < threshold:
        threshold = HEADROOM * nearest
        if len(from_takes) and threshold < float(from_takes.max()):
            notes.append(
                f"Gesture {draft.name} can hardly be told from something else that was recorded: its own takes differ "
                f"by {float(from_takes.max()):.2f}, the other by {nearest:.2f}. Make them more different."
            )
    spread = float(from_takes.mean()) if len(from_takes) else float("nan")
    return msgspec.structs.replace(draft, threshold=float(threshold), take_cost=spread)


class _Comparison:
    """What takes cost against the templates of all gestures, all at once."""

    def __init__(self, drafts: Sequence[FittedGesture]) -> None:
        self._costs = FrameCosts(drafts)
        self._alignment = Alignment(self._costs)

    def cheapest(self, samples: Float) -> Float:
        """The least costs per template frame (T,) of performances anywhere in even samples (n, k)."""
        self._alignment.reset()
        least = np.full(len(self._costs.owner), np.inf)
        for x in samples:
            self._alignment.advance(self._costs.at(x))
            np.minimum(least, self._alignment.endings(), out=least)
        return least

    def own(self, number: int, templates: Sequence[Array]) -> Float:
        """What each take of a gesture costs against its others (takes,), the cheapest; empty for a single take."""
        if len(templates) < 2:
            return np.empty(0)
        places = np.flatnonzero(self._costs.owner == number)
        costs = np.array([self.cheapest(template.view)[places] for template in templates])
        np.fill_diagonal(costs, np.inf)
        return np.asarray(costs.min(axis=1), dtype=np.float64)

    def foreign(self, number: int, costs: Sequence[Float]) -> float:
        """The least of costs (T,) of what is not of a gesture; infinite for none."""
        own = self._costs.owner == number
        return min((float(cost[own].min()) for cost in costs), default=np.inf)
