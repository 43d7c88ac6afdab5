"""What a program can subscribe to over OSC: the names that `subscribe` takes, and what is sent for each.

The table of docs/osc.md is made here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gesturesynth.control.arguments import shown
from gesturesynth.control.command_table import ADDRESS
from gesturesynth.control.commands import CommandError

MOST_SMOOTHING_S: Final = 5.0
MOST_FEATURES: Final = 1000
"""Sent to one subscriber, as with `sender.MOST_VALUES`."""

STATE: Final = f"{ADDRESS}state"
OUTPUT: Final = f"{ADDRESS}output/"
"""In front of an output's name."""
FEATURE: Final = f"{ADDRESS}feature/"
SEEN: Final = f"{ADDRESS}seen/"
PRESENT: Final = f"{ADDRESS}present"
PEOPLE: Final = f"{ADDRESS}people"
PERSON: Final = f"{ADDRESS}person/"
"""In front of a place among the people who are here, from 1."""
CLASS: Final = f"{ADDRESS}class"
NO_CLASS: Final = "none"
"""What is sent where no class is recognised: many programs cannot handle an empty text."""
ENTERED: Final = f"{ADDRESS}entered"
PROBABILITY: Final = f"{ADDRESS}probability/"
GESTURE: Final = f"{ADDRESS}gesture"
FRAME: Final = f"{ADDRESS}frame"
ANSWERS: Final = "answers"
"""What the own computer is answered, whatever port it sends from: many programs cannot read at that port."""


@dataclass(frozen=True)
class StreamKind:
    """One of the things that can be subscribed to.

    Attributes:
        name: the word that asks for it.
        sent: for each address that is sent: the address, its values, and what they are, for documents.
        skeleton: whether it is where joints are, which other computers get only where the settings allow it.
    """

    name: str
    sent: tuple[tuple[str, str, str], ...]
    skeleton: bool = False


_KINDS: Final = (
    StreamKind("state", ((STATE, "text JSON", "All there is to know about the session."),)),
    StreamKind("outputs", ((f"{OUTPUT}NAME", "float value", "One output, in its own unit."),)),
    StreamKind(
        "features",
        (
            (
                f"{FEATURE}NAME",
                "float value",
                "One feature of the preset, in its own unit. One that cannot be seen keeps its last value.",
            ),
        ),
    ),
    StreamKind("seen", ((f"{SEEN}NAME", "int 0 or 1", "Whether that feature can be measured now."),)),
    StreamKind(
        "people",
        (
            (PRESENT, "int 0 or 1", "Whether a person plays now."),
            (PEOPLE, "int number", "How many people are in view."),
            (
                f"{PERSON}N/present",
                "int 0 or 1",
                "Once there were two or more: whether the N-th in the order of [roles](people.md#roles) can be seen.",
            ),
            (f"{PERSON}N/number", "int number", "The number that this person keeps; 0 for none."),
            (f"{PERSON}N/voice", "int number", "The voice that this person plays; 0 for none."),
        ),
    ),
    StreamKind(
        "classes",
        (
            (CLASS, "text NAME, float confidence", "The class that is recognised now, or `none`; 0 to 1."),
            (f"{PROBABILITY}NAME", "float value", "How certain each class is, 0 to 1."),
            (ENTERED, "text NAME, int count, int voice", "A class was entered: once each time, however low the rate."),
        ),
    ),
    StreamKind(
        "gestures",
        (
            (GESTURE, "text NAME, int count, int voice", "A gesture was performed: once each time, likewise."),
            (
                f"{GESTURE}/NAME",
                "floats progress, closeness, speed, count",
                "Where each gesture is, as with `what: gestures` below.",
            ),
        ),
    ),
    StreamKind(
        "landmarks",
        (
            (FRAME, "int width, int height", "Of the picture, in pixels."),
            (f"{ADDRESS}landmarks", "132 floats", "The first person's 33 landmarks: x, y, z, visibility of each."),
            (f"{PERSON}N/landmarks", "132 floats", "Once there were two or more: of each who can be seen."),
        ),
        skeleton=True,
    ),
    StreamKind(
        "world",
        (
            (f"{ADDRESS}world", "99 floats", "Likewise, in metres from the middle of the hips: x, y, z of each."),
            (f"{PERSON}N/world", "99 floats", "Likewise."),
        ),
        skeleton=True,
    ),
    StreamKind(
        "hands",
        (
            (
                f"{ADDRESS}left_hand",
                "63 floats",
                "The 21 landmarks of a hand that is found, where the preset looks at hands: x, y, z of each.",
            ),
            (f"{ADDRESS}right_hand", "63 floats", "Likewise."),
            (f"{PERSON}N/left_hand", "63 floats", "Likewise, once there were two or more."),
            (f"{PERSON}N/right_hand", "63 floats", "Likewise."),
        ),
        skeleton=True,
    ),
    StreamKind(ANSWERS, ()),
)
STREAMS: Final[dict[str, StreamKind]] = {kind.name: kind for kind in _KINDS}
"""All of them, in the order in which they are sent."""

POINTS: Final = ("landmarks", "world", "hands")
"""Those of joints."""

_PREFIXES: Final = (OUTPUT, FEATURE, SEEN, PERSON, PROBABILITY, f"{GESTURE}/", f"{CLASS}/")
_WHOLE: Final = {STATE, PRESENT, PEOPLE, CLASS, ENTERED, GESTURE, FRAME} | {
    ADDRESS + name for name in ("landmarks", "world", "left_hand", "right_hand")
}


@dataclass(frozen=True)
class StreamRequest:
    """What one subscriber wants.

    Attributes:
        names: of `STREAMS`.
        smoothing_s: time constant of a low-pass on features and joints; 0 for none.
    """

    names: frozenset[str] = frozenset(("state", "outputs"))
    smoothing_s: float = 0.0

    @property
    def text(self) -> str:
        """The names in their order, for a sentence."""
        return ", ".join(name for name in STREAMS if name in self.names)

    @property
    def skeleton(self) -> bool:
        """Whether it asks for joints."""
        return any(STREAMS[name].skeleton for name in self.names)


def stream_names(text: str) -> frozenset[str]:
    """The names in a text, with blanks, commas or plus signs between.

    Raises:
        CommandError: there is none, or one that does not exist.
    """
    names = [name for name in re.split(r"[\s,+]+", text.strip().lower()) if name]
    unknown = next((name for name in names if name not in STREAMS), None)
    if unknown is not None or not names:
        what = shown(unknown) if unknown is not None else "nothing"
        raise CommandError(f"'subscribe': WHAT must be some of {', '.join(STREAMS)}, not {what}.")
    return frozenset(names)


def is_streamed(address: str) -> bool:
    """Whether an address is sent to subscribers."""
    return address in _WHOLE or address.startswith(_PREFIXES)
