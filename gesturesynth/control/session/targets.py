"""Targets of takes: a snapshot, a class, a gesture, or one of the ways of teaching that have neither. Texts about them.

A target in parentheses cannot be the name of a class.
"""

from __future__ import annotations

from typing import Final

from gesturesynth.control.command_table import SNAPSHOTS

MORPH: Final = "(morph)"
SET: Final = "(set)"
NUDGE: Final = "(nudge)"
PLAY_ALONG: Final = "(play-along)"
GRAB: Final = "(grab)"
BUTTON: Final = "(button)"
WAYS: Final = {
    MORPH: "the sound between two snapshots",
    SET: "the values that were set",
    NUDGE: "what played",
    PLAY_ALONG: "the score",
    GRAB: "the range of your movement",
    BUTTON: "the pose of your record button",
}
"""Targets without a name of their own, and how a sentence names them."""
BY_THEMSELVES: Final = frozenset({PLAY_ALONG, GRAB})
"""Targets of takes that end with a training."""


def is_class(target: str) -> bool:
    """Whether takes for this target teach a class or a gesture, and no output."""
    return bool(target) and target not in SNAPSHOTS and target not in WAYS


def target_text(target: str, *, gesture: bool = False, first: bool = False) -> str:
    """A target as a text, `first` of a sentence or not; `gesture`: its name is that of a gesture."""
    named = f"snapshot {target}" if target in SNAPSHOTS else f"{'gesture' if gesture else 'class'} '{target}'"
    text = WAYS.get(target, named)
    return text[0].upper() + text[1:] if first else text
