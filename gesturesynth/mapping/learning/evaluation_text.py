"""Sentences about how good a mapping is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gesturesynth.runtime.reports import Evaluation, OutputJudgement

ENOUGH_TAKES: Final = 3
"""Takes of a snapshot or class from which on figures about it mean something: with two, each was fitted to one."""
CONFUSED: Final = 0.1
"""Share of the poses of a class, from which on a confusion is worth a sentence."""
LISTED: Final = 6


def percent(part: float | None, digits: int = 0) -> str:
    """`12 %`; `?` where it cannot be told."""
    return "?" if part is None else f"{100.0 * part:.{digits}f} %"


def amount(value: float, unit: str) -> str:
    """A value with its unit, in three digits: `3.1 st`."""
    return f"{value:.3g} {unit}".strip()


def capitalised(sentence: str) -> str:
    """A sentence with a capital letter and one full stop."""
    return f"{sentence[0].upper()}{sentence[1:].rstrip('.')}."


def too_few_takes(takes: Mapping[str, int], *, between: bool) -> tuple[str, ...]:
    """Sentences about snapshots and classes with too few takes; `takes` counts them by target."""
    alone = [target for target, count in takes.items() if count == 1]
    pairs = [target for target, count in takes.items() if 1 < count < ENOUGH_TAKES]
    if between:
        return (
            (
                "No sound was taught twice: the figures tell how well a sound between others is guessed, "
                "not how well a taught one is found again."
            ),
        )
    sentences = []
    for found, count, what in (
        (alone, "one take", f"nothing can be told about {{}}. Record {ENOUGH_TAKES} takes of each"),
        (pairs, "two takes", f"what is told of {{}} is rough. From {ENOUGH_TAKES} takes on it can be relied on"),
    ):
        if found:
            several = len(found) > 1
            each = f" have {count} each" if several else f" has {count}"
            sentences.append(f"{_listed(found)}{each}: {what.format('them' if several else 'it')}.")
    return tuple(sentences)


def summary(evaluation: Evaluation) -> str:
    """The evaluation in two or three short sentences, the most important first."""
    told = [one for one in evaluation.outputs if one.error_of_range is not None]
    if not evaluation.tested:
        first = "It cannot be told how good this is: no take teaches what another one teaches, too."
        return f"{first} Record {ENOUGH_TAKES} takes of each snapshot or class."
    sentences = []
    if told:
        worst = max(told, key=lambda one: one.error_of_range or 0.0)
        what = "Sounds between takes are guessed" if evaluation.between else "Takes left out are played"
        sentences.append(
            f"{what} with an error of {percent(evaluation.error_of_range)} of the range; {output_sentence(worst)}."
        )
    classes = evaluation.classes
    if classes and classes.right is not None:
        sentences.append(f"Classes: {percent(classes.right)} of poses are right{_worst_pair(evaluation)}.")
    if evaluation.known is not None:
        sentences.append(f"{percent(evaluation.known)} of their poses count as known.")
    if evaluation.alike:
        sentences.append(capitalised(evaluation.alike[0]))
    elif evaluation.too_few:
        sentences.append(capitalised(evaluation.too_few[0]))
    return " ".join(sentences)


def output_sentence(judged: OutputJudgement) -> str:
    """`pitch is off by 3.1 st, 6 % of its range`, and whether that is better than no mapping at all."""
    if judged.error is None or judged.error_of_range is None:
        return f"{judged.name} cannot be told"
    text = f"{judged.name} is off by {amount(judged.error, judged.unit)}"
    mean = judged.mean_error_of_range
    if mean is not None and judged.error_of_range >= mean > 0.0:
        return f"{text}, no better than its mean played always: no pose tells it"
    return text


def _worst_pair(evaluation: Evaluation) -> str:
    pairs = evaluation.classes.pairs if evaluation.classes else ()
    if not pairs or pairs[0].share < CONFUSED:
        return ""
    pair = pairs[0]
    return f"; {percent(pair.share)} of '{pair.taught}' {pair_text(pair.played)}"


def pair_text(played: str) -> str:
    """What poses of a class were taken for."""
    return f"are taken for '{played}'" if played else "count for no class"


def _listed(targets: list[str]) -> str:
    shown = targets[:LISTED]
    more = len(targets) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
