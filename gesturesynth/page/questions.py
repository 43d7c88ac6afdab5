"""What the page's own process answers to browsers, without the conductor: a table of questions.

A question has a name, the role that it needs, and a function from its values (what the browser sent, plain JSON) to
plain values for JSON. A function that reads files or computes for long does so in a thread (`asyncio.to_thread`): the
loop serves all viewers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import gesturesynth
from gesturesynth.page.roles import Role

Values = Mapping[str, Any]
"""As the browser sent them: nothing about them is checked yet."""


@dataclass(frozen=True)
class PageQuestion:
    """Something that the page's process answers.

    Attributes:
        name: as browsers ask.
        role: the least that may ask.
        answer: from the values to what is sent back, plain values for JSON. A GestureSynthError is a refusal: its
            sentence is sent.
    """

    name: str
    role: Role
    answer: Callable[[Values], Awaitable[object]]


async def _about(_values: Values) -> object:
    """Which version this is."""
    return {"version": gesturesynth.__version__}


QUESTIONS: Final[dict[str, PageQuestion]] = {
    question.name: question for question in (PageQuestion("about", "look", _about),)
}
"""Every question by its name."""
