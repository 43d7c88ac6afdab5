"""The figures of `gesturesynth latency` as text. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from gesturesynth.ops.latency.report import LatencyPart, LatencyReport

WIDTH = 80


def lines(found: LatencyReport) -> Iterator[str]:
    """A table of parts, the whole, what was not measured, and the proposal."""
    yield f"{found.flashes} flashes: {found.seen} seen, {found.heard} heard; a person in view in {found.persons}."
    yield ""
    yield f"{'ms':10} {'median':>7} {'90 %':>7} {'99 %':>7}"
    for part in found.parts:
        yield _row(part)
    if found.total:
        yield _row(found.total)
    if found.card_ms is not None:
        yield f"{'card':10} {found.card_ms:7.1f} {'':7} {'':7}  the sound card, as JACK says; on top of the total"
    for sentence in found.unmeasured:
        yield ""
        yield from textwrap.wrap(f"Not measured: {sentence}.", WIDTH)
    yield ""
    if found.proposal_ms is not None:
        yield f"Proposed: predict: {found.proposal_ms} ms   (--write puts it into gesturesynth.yaml)"
    else:
        yield "Nothing is proposed: too few flashes were heard."


def _row(part: LatencyPart) -> str:
    return f"{part.name:10} {part.median_ms:7.1f} {part.p90_ms:7.1f} {part.p99_ms:7.1f}  {part.what}"
