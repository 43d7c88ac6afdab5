"""The messages of one browser, taken apart and answered.

A browser sends JSON texts, each with one of:

    {"watch": ["pose", "conductor"]}                          the topics that it wants from now on, and no others
    {"id": 1, "command": "select", "values": [1]}             a command of the table, or a request about takes
    {"id": 2, "command": "train", "wait": true}               likewise, with a second answer when that has ended
    {"id": 3, "question": "about", "values": {}}              a question to the page's process (`tabs/`)

and gets for each `id` `{"id": 1, "ok": true, "text": "...", "ended": false}`, with `report` where there is one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Final

import msgspec

from gesturesynth.control.command_socket import NothingRunning, Response
from gesturesynth.control.commands import CommandError, call, sender_at_page
from gesturesynth.control.requests import REQUESTS
from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.page.broadcast import Broadcast
from gesturesynth.page.command_wire import CommandWire
from gesturesynth.page.roles import Role, allows, role_of_command
from gesturesynth.page.tab_service import PageQuestion
from gesturesynth.page.topics import encode_json
from gesturesynth.page.viewer import Viewer

MOST_BYTES: Final = 65536
"""Of one message: a preset as text is the longest that there is."""
MOST_TASKS: Final = 8
"""Commands and questions of one browser that are under way at once; the next message waits."""


HOLD: Final = "hold"
"""The command of a button that records for as long as it is down."""


class BrowserMessage(msgspec.Struct, frozen=True):
    """What a browser sends; see the head of this file."""

    id: int = 0
    watch: tuple[str, ...] | None = None
    command: str = ""
    question: str = ""
    values: list[int | float | str | bool] | dict[str, Any] = []
    wait: bool = False


class BrowserAnswer(msgspec.Struct, frozen=True):
    """What it gets: whether it was done, a sentence for people, and what was asked for."""

    id: int
    ok: bool
    text: str = ""
    ended: bool = False
    report: Any = None


_DECODER: Final = msgspec.json.Decoder(BrowserMessage)


class Conversation:
    """Carries out what one browser asks for.

    Args:
        viewer: the browser.
        broadcast: the topics.
        wire: the way to the conductor.
        questions: those that this process answers, by name.
    """

    def __init__(
        self, viewer: Viewer, broadcast: Broadcast, wire: CommandWire, questions: Mapping[str, PageQuestion]
    ) -> None:
        self._questions = questions
        self._viewer = viewer
        self._broadcast = broadcast
        self._wire = wire
        self._places = asyncio.Semaphore(MOST_TASKS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._holds = False
        self._sender = sender_at_page(next(wire.viewer_numbers))

    def greet(self) -> None:
        """The first message: what this browser may do, and what it is called in `last_by` of the session."""
        welcome = {"role": self._viewer.role, "sender": self._sender}
        self._viewer.answer(packed(JSON, {"topic": "welcome", "message": welcome}).decode())

    async def take(self, text: str) -> bool:
        """Takes one message; returns False for one that no page of ours sends, after which the browser is cut off."""
        try:
            message = _DECODER.decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            return False
        if message.watch is not None:
            self._broadcast.watch(self._viewer, message.watch)
        if message.command:
            await self._begin(message, self._command)
        elif message.question:
            await self._begin(message, self._question)
        return True

    async def _begin(self, message: BrowserMessage, work: Callable[[BrowserMessage], Any]) -> None:
        await self._places.acquire()
        task = asyncio.create_task(work(message))
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._places.release()
        if not task.cancelled() and (error := task.exception()):
            log.get().error("page request failed", message=f"{type(error).__name__}: {error}")

    # ----------------------------------------------------------------------------------------------------- commands
    async def _command(self, message: BrowserMessage) -> None:
        name = message.command
        if not self._may(message, role_of_command(name)):
            return
        try:
            if isinstance(message.values, dict):
                raise CommandError("values of a command are a list")  # noqa: TRY301 - answered like all wrong values
            checked = call(name, message.values, self._sender)
            if name == HOLD:
                self._holds = bool(checked.switch)
            async with self._turn(name):
                answer = await self._wire.ask(checked, wait=message.wait)
        except (CommandError, NothingRunning) as error:
            self._answer(BrowserAnswer(message.id, ok=False, text=str(error)))
            return
        self._pass_on(message.id, answer)
        if message.wait:
            await self._pass_on_end(message.id, answer)

    async def _pass_on_end(self, number: int, answer: Response) -> None:
        """The second answer to a message: how what it began has ended."""
        try:
            end = await self._wire.ended(answer)
        except NothingRunning as error:
            self._answer(BrowserAnswer(number, ok=False, text=str(error), ended=True))
            return
        if end:
            self._pass_on(number, end)

    def _turn(self, name: str) -> AbstractAsyncContextManager[object]:
        """Requests of devices that may not teach wait for each other: the conductor's queue has places for others."""
        return nullcontext() if self._viewer.role == "teach" or name not in REQUESTS else self._wire.request_turn

    def _pass_on(self, number: int, answer: Response) -> None:
        """The answer to the one who asked; the state in it to all, so that they see it at once."""
        if answer.state:
            self._broadcast.send("conductor", encode_json("conductor", answer.state.encode()))
        report = msgspec.Raw(answer.report.encode()) if answer.report else None
        self._answer(BrowserAnswer(number, answer.ok, answer.text, answer.ended, report))

    # ---------------------------------------------------------------------------------------------------- questions
    async def _question(self, message: BrowserMessage) -> None:
        question = self._questions.get(message.question)
        if question is None:
            self._answer(BrowserAnswer(message.id, ok=False, text="there is no such question"))
            return
        if not self._may(message, question.role):
            return
        values = message.values if isinstance(message.values, dict) else {}
        try:
            report = await question.answer(values)
        except GestureSynthError as error:
            self._answer(BrowserAnswer(message.id, ok=False, text=str(error)))
            return
        self._answer(BrowserAnswer(message.id, ok=True, report=report))

    def _may(self, message: BrowserMessage, needed: Role) -> bool:
        if allows(self._viewer.role, needed):
            return True
        text = f"This device may {self._viewer.role}; this needs the role '{needed}'."
        self._answer(BrowserAnswer(message.id, ok=False, text=text))
        return False

    def _answer(self, answer: BrowserAnswer) -> None:
        self._viewer.answer(packed(JSON, answer).decode())

    def close(self) -> None:
        """The browser is gone: nothing of it is waited for any more. What was sent is carried out all the same.

        A button that it held down is let go, or the take would go on for a minute.
        """
        for task in self._tasks:
            task.cancel()
        if self._holds:
            self._wire.ask_unheard(call(HOLD, [False], self._sender))
