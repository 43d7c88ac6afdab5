"""Commands to the conductor and their answers, for an event loop: the client of the command socket, without waiting."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import zmq

from gesturesynth.control.command_socket import TIMEOUT_S, CommandClient, NothingRunning, Response, not_running
from gesturesynth.control.commands import Call

MOST_AT_ONCE: Final = 16
"""Commands under way; the conductor's socket holds 64 of all its clients."""
RECONNECTING_S: Final = 1.0
"""ZeroMQ tries again at least twice a second; later than this a button that was pressed must not take effect."""
RETRY_S: Final = 0.05
MOST_ENDS: Final = 64
"""Ends that are waited for at once."""
ALIVE_S: Final = 2.0
"""So often a conductor that an end is waited for is asked whether it still runs."""


class _Life(msgspec.Struct, frozen=True):
    """The part of the conductor's state that tells one process from the next."""

    pid: int = 0


_LIFE: Final = msgspec.json.Decoder(_Life)


class CommandWire:
    """Sends commands. Belongs to the running event loop.

    Args:
        context: for the socket.
        folder: the conductor's runtime folder.

    Attributes:
        request_turn: held by those whose requests are carried out one after the other; see `Conversation`.
        viewer_numbers: numbers of browsers, each once: a browser lets go only what it holds itself.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path) -> None:
        self._folder = folder
        self._client = CommandClient("page", context, folder)
        self._answers: dict[int, asyncio.Future[Response]] = {}
        self._ends: dict[int, asyncio.Future[Response]] = {}
        self.request_turn = asyncio.Lock()
        self.viewer_numbers = itertools.count(1)
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._unheard: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._file = int(self._client.socket.get(zmq.FD))
        self._loop.add_reader(self._file, self._read)

    async def ask(self, call: Call | None, *, wait: bool = False) -> Response:
        """Sends a command and waits for its answer; None asks for the state. `wait`: `ended` follows.

        Raises:
            NothingRunning: no conductor runs, or it does not answer.
        """
        async with self._places:
            number = await self._send(call, wait=wait)
            answer = self._answers[number]
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    return await answer
            except TimeoutError as error:
                self._ends.pop(number, None)
                raise NothingRunning(f"Gesture Synth did not answer within {TIMEOUT_S:g} s.") from error
            except asyncio.CancelledError:
                self._ends.pop(number, None)
                raise
            finally:
                del self._answers[number]

    def ask_unheard(self, call: Call) -> None:
        """Sends a command whose answer nothing waits for; without a conductor nothing happens."""
        task = self._loop.create_task(self._ask_unheard(call))
        self._unheard.add(task)
        task.add_done_callback(self._unheard.discard)

    async def _ask_unheard(self, call: Call) -> None:
        with suppress(NothingRunning):
            await self.ask(call)

    async def _send(self, call: Call | None, *, wait: bool) -> int:
        """Sends; a conductor that has just started again is waited for, as its first status may be here already."""
        end_s = self._loop.time() + RECONNECTING_S
        while True:
            number = self._client.send(call, wait=wait)
            if number:
                self._answers[number] = self._loop.create_future()
                if wait and len(self._ends) < MOST_ENDS:
                    self._ends[number] = self._loop.create_future()
            # A send may use up the notice that something came in: it may be the answer already.
            self._read()
            if number:
                return number
            if self._loop.time() >= end_s:
                raise NothingRunning(not_running(self._folder))
            await asyncio.sleep(RETRY_S)

    async def ended(self, answer: Response) -> Response | None:
        """Waits for the end of what was asked for with `wait`; None where too many are waited for.

        Args:
            answer: the first one.

        Raises:
            NothingRunning: the conductor has ended before, even where another one runs now.
        """
        end = self._ends.get(answer.number)
        if end is None:
            return None
        try:
            while not (await asyncio.wait((end,), timeout=ALIVE_S))[0]:
                if _pid(await self.ask(None)) != _pid(answer):
                    raise NothingRunning("Gesture Synth was started again meanwhile, so this did not come to its end.")
            return end.result()
        finally:
            self._ends.pop(answer.number, None)

    def _read(self) -> None:
        """Passes on all answers that have come in."""
        while int(self._client.socket.get(zmq.EVENTS)) & zmq.POLLIN:
            for answer in self._client.poll():
                _resolve(self._answers.get(answer.number), answer)
            for end in self._client.take_ended():
                _resolve(self._ends.get(end.number), end)

    def close(self) -> None:
        """Closes the socket."""
        for task in self._unheard:
            task.cancel()
        self._loop.remove_reader(self._file)
        self._client.close()


def _pid(answer: Response) -> int:
    """Of the conductor that answered; 0 where it does not say."""
    return _LIFE.decode(answer.state).pid if answer.state else 0


def _resolve(future: asyncio.Future[Response] | None, answer: Response) -> None:
    if future is not None and not future.done():
        future.set_result(answer)
