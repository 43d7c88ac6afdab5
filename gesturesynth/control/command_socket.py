"""Commands over a Unix socket, for shells and for the terminal of `gesturesynth run`: one table, an answer to each.

A ROUTER in the conductor's runtime folder, which only its user can enter, and a DEALER for each client. A message is
one frozen struct (msgspec). What cannot be read, or is too long, is counted and dropped; a wrong command is answered
here, with a sentence. A client waits for a limited time, and its commands are never queued for a conductor that does
not run: an old key must not take effect later.
"""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import msgspec
import zmq

from gesturesynth.control.arguments import DOCUMENT_BYTES
from gesturesynth.control.commands import Call, CommandError, call, takes_document, viewer_of
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.packing import packed

CAP_BYTES: Final = 4096
"""A longer command is no command, but for one that takes a text of many lines."""
_TRANSPORT_CAP_BYTES: Final = DOCUMENT_BYTES + CAP_BYTES
"""A client that sends more is disconnected by ZeroMQ before it is read into memory."""
_ANSWER_CAP_BYTES: Final = 1 << 20
MOST_AT_ONCE: Final = 32
"""Messages that one `poll` reads; the rest waits, and when queues are full the sender does."""
_QUEUE: Final = 64
TIMEOUT_S: Final = 3.0
"""How long a shell waits for an answer."""

Sender = Literal["keyboard", "keypad", "midi", "command line", "page"]


class Request(msgspec.Struct, frozen=True):
    """What a client sends.

    Attributes:
        number: the client's own; its answer has the same.
        command: a name in the command table; empty to ask for the state only.
        values: of the command; from a shell all are texts.
        sender: where it comes from.
        wait: whether a second answer is wanted when what the command begins has ended.
        viewer: which browser of the page, from 1; else 0.
    """

    number: int
    command: str = ""
    values: tuple[int | float | str | bool, ...] = ()
    sender: Sender = msgspec.field(default="command line", name="by")
    wait: bool = False
    viewer: Annotated[int, msgspec.Meta(ge=0)] = 0


class Response(msgspec.Struct, frozen=True):
    """What a client gets.

    Attributes:
        ok: whether it was done.
        text: a sentence for people.
        state: the whole state, JSON; empty when the command itself was wrong, and of a request.
        number: of the request.
        ended: it is about the end of something that was answered before, when it began.
        report: of a request, JSON; else empty.
    """

    ok: bool
    text: str = msgspec.field(name="words")
    state: str = ""
    number: int = 0
    ended: bool = False
    report: str = ""


@dataclass(frozen=True)
class PendingRequest:
    """A request that waits for its answer.

    Attributes:
        call: what to do; None when only the state is asked for.
        sender: the client, as ZeroMQ knows it.
        number: of the request.
        wait: whether a second answer is wanted at the end.
    """

    call: Call | None
    sender: bytes
    number: int
    wait: bool = False


class NothingRunning(GestureSynthError):  # noqa: N818 - a state, not a mistake
    """No conductor runs, or it does not answer."""


def endpoint(folder: Path | None = None) -> str:
    """The ZeroMQ address of the conductor's command socket; `folder` is its runtime folder, by default our own."""
    return f"ipc://{_file(folder)}"


def _file(folder: Path | None = None) -> Path:
    return paths.socket_path("conductor", "commands", folder)


class CommandServer:
    """The conductor's end. Never blocks.

    Args:
        context: for the socket.

    Attributes:
        socket: for a `zmq.Poller`.
        rejected: how many messages were no requests.

    Raises:
        UserError: the runtime folder cannot be used.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._path = _file()
        paths.private_folder(self._path.parent)
        self._decoder = msgspec.msgpack.Decoder(Request)
        self._encoder = msgspec.msgpack.Encoder()
        self.rejected = 0
        self.socket = context.socket(zmq.ROUTER)
        self.socket.set(zmq.LINGER, 0)
        self.socket.set(zmq.RCVHWM, _QUEUE)
        self.socket.set(zmq.SNDHWM, _QUEUE)
        self.socket.set(zmq.MAXMSGSIZE, _TRANSPORT_CAP_BYTES)
        self.socket.bind(endpoint())

    def poll(self, most: int = MOST_AT_ONCE) -> list[PendingRequest]:
        """The requests that have come in, at most so many, or MOST_AT_ONCE; each has to get an `answer`."""
        found: list[PendingRequest] = []
        for _ in range(MOST_AT_ONCE):
            if len(found) >= most:
                break
            try:
                parts = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            requested = self._read(parts)
            if requested:
                found.append(requested)
        return found

    def _read(self, parts: list[bytes]) -> PendingRequest | None:
        try:
            request = self._decoder.decode(parts[1]) if len(parts) == 2 else None
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            request = None
        if request is None or (len(parts[1]) > CAP_BYTES and not takes_document(request.command)):
            self.rejected += 1
            return None
        if not request.command:
            return PendingRequest(None, parts[0], request.number)
        sender = f"{request.sender}:{request.viewer}" if request.viewer else request.sender
        try:
            return PendingRequest(call(request.command, request.values, sender), parts[0], request.number, request.wait)
        except CommandError as error:
            self._send(parts[0], Response(ok=False, text=str(error), number=request.number))
            return None

    def answer(self, requested: PendingRequest, ok: bool, text: str, state_json: str) -> None:  # noqa: FBT001 - it is the answer
        """Answers a request. A client that has ended, or does not read, is not waited for."""
        self._send(requested.sender, Response(ok, text, state_json, requested.number))

    def report(self, requested: PendingRequest, ok: bool, text: str, report: str) -> None:  # noqa: FBT001 - as above
        """Answers a request of `requests.REQUESTS` with its report, or with a sentence why there is none."""
        self._send(requested.sender, Response(ok, text, number=requested.number, report=report))

    def finished(self, requested: PendingRequest, ok: bool, text: str, state_json: str) -> None:  # noqa: FBT001 - as above
        """The second answer: how something ended that was answered when it began."""
        self._send(requested.sender, Response(ok, text, state_json, requested.number, ended=True))

    def _send(self, sender: bytes, answer: Response) -> None:
        try:
            # Without ROUTER_MANDATORY, what cannot be delivered is dropped.
            self.socket.send_multipart([sender, packed(self._encoder, answer)], zmq.NOBLOCK)
        except zmq.Again:
            return

    def close(self) -> None:
        """Closes the socket and removes its file."""
        self.socket.close()
        self._path.unlink(missing_ok=True)


class CommandClient:
    """The client's end: a shell, a terminal or the keypad process. A context manager.

    Args:
        sender: where its commands come from.
        context: for the socket; by default one of its own.
        folder: the conductor's runtime folder; by default this process's own. A process that was not started together
            with the conductor passes `paths.running_dir()`.

    Attributes:
        socket: for a `zmq.Poller`.

    Raises:
        UserError: the runtime folder cannot be used.
    """

    def __init__(
        self,
        sender: Sender = "command line",
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._sender: Sender = sender
        self._runtime = folder or paths.runtime_dir()
        self._file = _file(folder)
        address = endpoint(folder)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context() if context is None else context
        self._owns_context = context is None
        self._decoder = msgspec.msgpack.Decoder(Response)
        self._encoder = msgspec.msgpack.Encoder()
        self._numbers = itertools.count(1)
        self._ended: dict[int, Response] = {}
        self.socket = self._context.socket(zmq.DEALER)
        self.socket.set(zmq.LINGER, 0)
        self.socket.set(zmq.SNDHWM, _QUEUE)
        self.socket.set(zmq.RCVHWM, _QUEUE)
        self.socket.set(zmq.MAXMSGSIZE, _ANSWER_CAP_BYTES)
        # Nothing is queued for a conductor that is not there.
        self.socket.set(zmq.IMMEDIATE, 1)
        self.socket.set(zmq.RECONNECT_IVL, 50)
        self.socket.set(zmq.RECONNECT_IVL_MAX, 500)
        self.socket.connect(address)

    def send(self, call: Call | None, *, wait: bool = False) -> int:
        """Sends without waiting; None asks for the state. `wait`: a second answer at the end, see `ended`.

        Returns:
            The number that its answer will have; 0 when no conductor runs and it was not sent.
        """
        name, values = (call.command, call.values) if call else ("", ())
        request = Request(next(self._numbers), name, values, self._sender, wait, viewer_of(call))
        try:
            self.socket.send(packed(self._encoder, request), zmq.NOBLOCK)
        except zmq.Again:
            return 0
        return request.number

    def poll(self) -> list[Response]:
        """The answers that have come in; those about an end are kept for `ended`."""
        found: list[Response] = []
        while True:
            try:
                answer = self._decoder.decode(self.socket.recv(zmq.NOBLOCK))
                if answer.ended:
                    self._ended[answer.number] = answer
                else:
                    found.append(answer)
            except zmq.Again:
                return found
            except msgspec.MsgspecError:
                continue  # of another version; its request times out

    def take_ended(self) -> list[Response]:
        """The answers about an end that `poll` has kept; for clients that do not wait for one of them in `ended`."""
        found = list(self._ended.values())
        self._ended.clear()
        return found

    def ask(self, call: Call | None, timeout_s: float = TIMEOUT_S, *, wait: bool = False) -> Response:
        """Sends, and waits for the answer; None asks for the state. `wait`: `ended` follows.

        Raises:
            NothingRunning: no conductor runs, or it did not answer within `timeout_s`.
        """
        end_s = time.monotonic() + timeout_s
        self._require_reachable()
        if not self.socket.poll(_milliseconds(end_s), zmq.POLLOUT) or not (number := self.send(call, wait=wait)):
            raise NothingRunning(not_running(self._runtime))
        while self.socket.poll(_milliseconds(end_s), zmq.POLLIN):
            for answer in self.poll():
                if answer.number == number:
                    return answer
        raise NothingRunning(
            f"Gesture Synth did not answer within {timeout_s:g} s: it is busy, or it hangs. What was asked for may "
            "still happen; `gesturesynth state` tells."
        )

    def ended(self, number: int, timeout_s: float = TIMEOUT_S) -> Response:
        """Waits for the end of what was requested with `wait`, for as long as the conductor runs.

        Args:
            number: of the first answer.
            timeout_s: so long without an answer means that the conductor does not run.

        Raises:
            NothingRunning: the conductor does not run any more.
        """
        while number not in self._ended:
            if self.socket.poll(round(timeout_s * 1000), zmq.POLLIN):
                self.poll()
            else:
                self.ask(None, timeout_s)
        return self._ended.pop(number)

    def _require_reachable(self) -> None:
        """Raises NothingRunning, with its reason, at once where waiting is of no use."""
        try:
            there, closed = self._file.exists(), not os.access(self._file, os.W_OK)
        except PermissionError:
            there = closed = True
        if not there:
            raise NothingRunning(not_running(self._runtime))
        if closed:
            raise NothingRunning(no_access(self._runtime))

    def close(self) -> None:
        """Closes the socket."""
        self.socket.close()
        if self._owns_context:
            self._context.term()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _milliseconds(end_s: float) -> int:
    return max(0, round((end_s - time.monotonic()) * 1000))


def no_access(runtime: Path) -> str:
    """The sentence for a user who may not enter the runtime folder."""
    return (
        f"Gesture Synth may run, but its folders in {runtime} are closed to you. Members of the group that owns them "
        "may ask: become one (`sudo usermod -aG gesturesynth YOUR-NAME`, then log in again), or ask as root."
    )


def not_running(runtime: Path) -> str:
    """The sentence for a runtime folder in which no conductor runs."""
    return (
        f"Gesture Synth is not running here (no conductor in {runtime}). Start it with `gesturesynth "
        "run`, or set GESTURESYNTH_RUNTIME_DIR to the folder of the one that runs."
    )
