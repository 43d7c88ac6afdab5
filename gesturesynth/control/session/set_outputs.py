"""The command `set-outputs`: its text becomes values of outputs, or a sentence about why it cannot."""

from __future__ import annotations

import math
from typing import Final

from gesturesynth.control.arguments import shown
from gesturesynth.control.commands import Call
from gesturesynth.control.session.context import SessionContext

UNCHANGED: Final = "-"
"""In the place of a value: the output stays as it is."""


def set_refusal(call: Call, context: SessionContext) -> str:
    """Why these values cannot be held; empty when they can."""
    learned, texts = _learned(context), str(call.values[0]).split()
    if not learned:
        return "This preset has no outputs that are learned."
    if len(texts) != len(learned):
        names = f"{', '.join(learned[:20])}{' and others' * (len(learned) > 20)}"
        return f"It takes {len(learned)} values, not {len(texts)}: {names}."
    wrong = next((text for text in texts if text != UNCHANGED and _number(text) is None), None)
    return f"A value is a number in the unit of its output, or `{UNCHANGED}`, not {shown(wrong)}." if wrong else ""


def set_values(call: Call, context: SessionContext) -> dict[str, float]:
    """The values by output, of a call that `set_refusal` has no objection to."""
    pairs = zip(_learned(context), str(call.values[0]).split(), strict=True)
    return {name: number for name, text in pairs if (number := _number(text)) is not None}


def _learned(context: SessionContext) -> list[str]:
    return [name for name in context.output_names if name not in context.driven]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None
