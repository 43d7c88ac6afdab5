"""An instrument that falls silent must not compute denormal floats, which take many times longer than others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gesturesynth.synthesis.instruments import catalogue
from tests.support.instrument_player import InstrumentPlayer, TimedChange, server

if TYPE_CHECKING:
    from pyo import Server

SMALLEST = float(np.finfo(np.float32).smallest_normal)
BY_THEMSELVES = ("rate", "rub")
"""Parameters that let an instrument sound without a stroke."""
LOOKS = 8


def denormal(made: Server) -> set[str]:
    """The classes of the objects whose newest sample is denormal."""
    values: list[tuple[Any, float]] = [(stream.getStreamObject(), stream.getValue()) for stream in made.getStreams()]
    return {type(of).__name__ for of, value in values if 0 < abs(value) < SMALLEST}


@pytest.mark.parametrize("kind", list(catalogue()))
def test_what_has_rung_out_is_no_denormal_number(kind: str) -> None:
    with server() as made:
        heard = InstrumentPlayer(made, kind, {"decay": 0.4} if kind == "bells" else {})
        struck = [trigger.name for trigger in catalogue()[kind].triggers]
        heard.render(1.5, TimedChange(0.1, triggers=struck))
        heard.render(2.0, TimedChange(0.0, {name: 0.0 for name in BY_THEMSELVES if name in heard.controls}))
        found: set[str] = set()
        for _ in range(LOOKS):
            heard.render(0.2)
            found |= denormal(made)
        del heard
    assert not found
