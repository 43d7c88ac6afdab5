"""Checks what moves an output instead of what was taught: `from: throw.progress`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.types import did_you_mean, unknown_name
from gesturesynth.features.catalogue import all_names, find
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.mapping.class_probabilities import CLASS_QUANTITIES
from gesturesynth.mapping.driven_outputs import GESTURE_QUANTITIES

if TYPE_CHECKING:
    from gesturesynth.config.preset.check_features import FeaturesChecker


@dataclass(frozen=True)
class SourceKind:
    """One kind of source: what it is called with its article, its names in the preset, and what each of them gives."""

    what: str
    names: Sequence[str]
    quantities: Sequence[str]


def source_kinds(gestures: Mapping[str, object], classes: Mapping[str, object]) -> tuple[SourceKind, ...]:
    """All kinds of sources of a preset.

    Args:
        gestures: by name, as written.
        classes: by name, as written.
    """
    return (
        SourceKind("a gesture", [name for name in gestures if name != NONE], GESTURE_QUANTITIES),
        SourceKind("a class", [*classes], CLASS_QUANTITIES),
    )


def source_problem(source: str, kinds: Sequence[SourceKind], features: FeaturesChecker) -> str:
    """What is wrong with a source, as a sentence; empty when it is one.

    Args:
        source: as written.
        kinds: from `source_kinds`.
        features: knows those that the preset defines.
    """
    entry = find(source)
    if numbers := features.numbers(source) or (len(entry.recipes) if entry else 0):
        return f"'{source}' is {numbers} numbers; an output can follow one" if numbers > 1 else ""
    name, dot, quantity = source.partition(".")
    found = [kind for kind in kinds if name in kind.names]
    names = (*features.own, *all_names())
    if not found and did_you_mean(source, names):
        return unknown_name(source, "a feature", names, "gesturesynth features")
    if not dot or not name or not quantity:
        examples = " or ".join(f"`{kind.what.split()[-1].upper()}.{kind.quantities[0]}`" for kind in kinds)
        return f"expected {examples}, or a feature such as `body.x`, not '{shortened(source)}'"
    if not found:
        words = " or ".join(kind.what for kind in kinds)
        return unknown_name(name, f"{words} of this preset", [n for kind in kinds for n in kind.names])
    allowed = [allowed for kind in found for allowed in kind.quantities]
    if quantity not in allowed:
        return unknown_name(quantity, f"something that {found[0].what} gives", allowed)
    return ""
