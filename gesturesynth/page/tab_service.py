"""What a tab may add to the page's process: questions that it answers, and work that goes on beside the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq

from gesturesynth.page.command_wire import CommandWire
from gesturesynth.page.roles import Role

Values = Mapping[str, Any]
"""As the browser sent them: nothing about them is checked yet."""


@dataclass(frozen=True)
class Surroundings:
    """What a tab has to work with.

    Attributes:
        runtime: the runtime folder of the other processes.
        config: the file of settings that was named; None for the machine's own.
        context: for sockets.
        wire: the way to the conductor.
    """

    runtime: Path
    config: Path | None
    context: zmq.Context[zmq.Socket[bytes]]
    wire: CommandWire


@dataclass(frozen=True)
class PageQuestion:
    """Something that the page's process answers.

    Attributes:
        name: as browsers ask.
        role: the least that may ask.
        answer: from the values to what is sent back, plain values for JSON or a struct. A GestureSynthError is a
            refusal: its sentence is sent. What reads files or computes for long does so in a thread
            (`asyncio.to_thread`): the loop serves all viewers.
    """

    name: str
    role: Role
    answer: Callable[[Values], Awaitable[object]]


@dataclass(frozen=True)
class TabService:
    """What one tab adds.

    Attributes:
        questions: that it answers.
        work: runs beside the server until it is cancelled; None for nothing. An error in it ends the process, which
            is started again.
    """

    questions: tuple[PageQuestion, ...] = ()
    work: Callable[[], Coroutine[Any, Any, None]] | None = None
