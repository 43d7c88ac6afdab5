"""Reports about what was taught, as text of at most 80 columns. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from gesturesynth.mapping.learning.evaluation_text import amount, capitalised, pair_text, percent
from gesturesynth.runtime.reports import ClassJudgement, Evaluation, FeatureChoice, FeatureRemark

WIDTH: Final = 80
CLASS_CELLS: Final = 7
MOST_CLASSES: Final = 8
"""Columns of a confusion matrix that fit."""
WHY: Final = {
    "still": "did not move in any take: no pose tells it",
    "missing": "could not be seen in most poses",
}


def evaluation_lines(evaluation: Evaluation) -> Iterator[str]:
    """The lines of an evaluation."""
    yield from wrapped(evaluation.summary)
    yield ""
    counts = f"{evaluation.takes} take{'s' * (evaluation.takes != 1)} of '{evaluation.preset}'"
    yield from wrapped(f"{counts}; {evaluation.tested} could be left out of the fit and played.")
    if evaluation.outputs:
        yield ""
        yield from _table(
            ("output", "error", "of range", "mean always", "takes"),
            [
                (
                    one.name,
                    "?" if one.error is None else amount(one.error, one.unit),
                    percent(one.error_of_range),
                    percent(one.mean_error_of_range),
                    str(one.takes),
                )
                for one in evaluation.outputs
            ],
        )
    if evaluation.classes:
        yield ""
        yield from _classes(evaluation.classes)
    yield ""
    if evaluation.known is not None:
        yield from wrapped(f"Known ground: {percent(evaluation.known)} of the poses of takes that were left out.")
    if evaluation.movement_known is not None:
        yield from wrapped(f"Known ground: {percent(evaluation.movement_known)} of the last minutes of movement.")
    for gesture in evaluation.gestures:
        cost = "cannot be told from one take" if gesture.cost is None else f"costs {gesture.cost:.2f} from take to take"
        limit = "" if gesture.threshold is None else f"; it fires up to {gesture.threshold:.2f}"
        takes = f"{gesture.takes} take{'s' * (gesture.takes != 1)}"
        yield from wrapped(f"Gesture '{gesture.name}', {takes}: {cost}{limit}.")
    yield from _features(evaluation.features)
    for sentence in (*evaluation.alike, *evaluation.too_few, *evaluation.notes):
        yield from wrapped(capitalised(sentence))


def choice_lines(choice: FeatureChoice) -> Iterator[str]:
    """The lines of a comparison of feature sets."""
    rows = [
        (
            f"{'* ' if one.name == choice.chosen else '  '}{one.name}",
            str(one.columns),
            percent(one.error_of_range, 1),
            percent(one.class_errors, 1),
            percent(one.known),
        )
        for one in choice.sets
    ]
    yield from _table(("  features", "columns", "error", "class errors", "known"), rows)
    yield ""
    yield from wrapped(choice.reason)
    if choice.yaml:
        yield ""
        yield choice.yaml


def wrapped(text: str) -> list[str]:
    """A sentence in lines of at most `WIDTH`; words are never broken."""
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _classes(classes: ClassJudgement) -> Iterator[str]:
    shown = classes.names[:MOST_CLASSES]
    yield "Poses of a class (line) that were taken for a class (column):"
    yield from _table(
        ("class", *(name[:CLASS_CELLS] for name in shown), "no class", "right"),
        [
            (
                name,
                *(str(count) for count in row[: len(shown)]),
                str(row[-1]),
                percent(recall),
            )
            for name, row, recall in zip(classes.names, classes.confusion, classes.recall, strict=True)
        ],
    )
    for pair in classes.pairs:
        yield from wrapped(f"{percent(pair.share)} of the poses of '{pair.taught}' {pair_text(pair.played)}.")


def _features(remarks: Sequence[FeatureRemark]) -> Iterator[str]:
    for why, text in WHY.items():
        names = [one.name for one in remarks if one.why == why]
        if names:
            yield from wrapped(f"{_listed(names)} {text}.")
    doubles = [f"{one.name} (as {one.of})" for one in remarks if one.why == "double"]
    if doubles:
        yield from wrapped(f"{_listed(doubles)} tells nothing of its own.")


def _listed(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; the first column is cut where the line would get too long."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    widths[0] = max(8, min(widths[0], WIDTH - sum(widths[1:]) - 2 * (len(widths) - 1)))
    for row in (heads, *rows):
        first = row[0] if len(row[0]) <= widths[0] else f"{row[0][: widths[0] - 1]}…"
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
