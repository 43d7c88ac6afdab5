"""What keeps the tracker from seeing a person well, as a code for programs and a sentence for people."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

ViewCode = Literal["", "small", "cut-left", "cut-right", "cut-top", "cut-bottom", "dark", "blurred", "backlit"]
"""Left and right are those of the landmarks, after `rotate` and `mirror`."""

_CUT: Final = "What moves is cut off at the {edge} of the picture: {advice}."

VIEW_SENTENCES: Final[dict[ViewCode, str]] = {
    "": "",
    "small": "What moves is too small in the picture to be followed well: come nearer, or put the camera nearer.",
    "cut-left": _CUT.format(edge="left edge", advice="step to the middle, or turn the camera"),
    "cut-right": _CUT.format(edge="right edge", advice="step to the middle, or turn the camera"),
    "cut-top": _CUT.format(edge="top edge", advice="step back, or tilt the camera up"),
    "cut-bottom": _CUT.format(edge="bottom edge", advice="step back, or tilt the camera down"),
    "dark": "The picture is too dark to see a person: give more light, or see whether the lens is covered.",
    "blurred": "Something moves, but too blurred to see a person: give more light, or set a shorter `camera.exposure`.",
    "backlit": "Something moves in front of a light that is too bright: close the curtain, or turn the camera from the "
    "window.",
}
"""Each code in one sentence, which is true whether or not a body is found: what is wrong, a colon, what to do."""


class ViewReading(msgspec.Struct, frozen=True):
    """What is wrong with the view of the camera now.

    Attributes:
        code: empty while a person is seen well, or nothing moves.
        text: the sentence of the code; may be empty.
        counts: by code, how often it has begun since the tracker started; only those that have.
    """

    code: ViewCode = ""
    text: str = ""
    counts: dict[str, int] = {}


NO_READING: Final = ViewReading()
