"""The line of text that is to be read now: for the stage view of the page."""

from __future__ import annotations

import msgspec


class WordsMessage(msgspec.Struct, frozen=True):
    """The words of the piece that plays. Sent with each new line, and four times a second while it is received.

    Attributes:
        time_s: monotonic time at which it was made, seconds.
        preset: the name of the preset.
        spoken: whether that preset has words.
        text: the line; empty for none.
        number: counts the lines since the conductor started; a line that has another number is another one, also when
            its text is the same.
        cause: the class or gesture that brought it; `time`; `idle` while no person is in view; `held` when one was
            shown for long enough and is gone.
        fade_s: how long it takes to come and to go, seconds.
    """

    time_s: float
    preset: str
    spoken: bool
    text: str = ""
    number: int = 0
    cause: str = ""
    fade_s: float = 1.0
