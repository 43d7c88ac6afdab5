"""A small HTTP server for this computer: one thread, many connections, and none of them can delay the others.

Each connection has one request, one deadline for its whole request and answer, and a limit of size; there is a limit on
their number, too. Where that is reached, the oldest connection is closed: proper requests are answered at once, so the
oldest one is a client that sends none.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from gesturesynth.core import log
from gesturesynth.monitoring.http_request import MAX_HEAD_BYTES, HttpRefusal, HttpRequest, head_end, parse

DEADLINE_S: Final = 3.0
"""From the connection to the end of its answer. An agent needs milliseconds."""
LINGER_S: Final = 1.0
"""How long bytes after a request are read and dropped: the answer would be lost if bytes were left unread."""
MAX_CONNECTIONS: Final = 32
"""At once; one agent needs one. Each may hold `MAX_HEAD_BYTES` and an answer."""


@dataclass(frozen=True)
class HttpAnswer:
    """Status (`200 OK`), headers without the length, and body."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def text_answer(status: str, sentence: str, *headers: tuple[str, str]) -> HttpAnswer:
    """A sentence as an answer."""
    return HttpAnswer(status, (("Content-Type", "text/plain; charset=utf-8"), *headers), f"{sentence}\n".encode())


class HttpServer:
    """Answers requests on a socket until it is stopped.

    Args:
        listening: a bound socket; the server closes it.
        answer: gives the answer to each request; called in the thread of `run`, must not wait.
        tick: called every `tick_s`, in the same thread.
        tick_s: seconds.
    """

    def __init__(
        self,
        listening: socket.socket,
        answer: Callable[[HttpRequest], HttpAnswer],
        tick: Callable[[], None],
        tick_s: float,
    ) -> None:
        self._listening = listening
        self._answer = answer
        self._tick = tick
        self._tick_s = tick_s
        self._open: dict[asyncio.StreamWriter, None] = {}  # the oldest first
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()

    def run(self) -> None:
        """Serves until `stop`."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    def stop(self) -> None:
        """Ends `run`; may be called from another thread, once."""
        with suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def _serve(self) -> None:
        self._loop.set_exception_handler(_report)
        server = await asyncio.start_server(self._connection, sock=self._listening, limit=MAX_HEAD_BYTES)
        while not self._stopped.is_set():
            self._tick()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._tick_s)
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await server.wait_closed()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= MAX_CONNECTIONS:
            _reset(next(iter(self._open)))
        self._open[writer] = None
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self._exchange(reader, writer)
        except (TimeoutError, OSError):
            _reset(writer)  # too slow in sending or in reading, or gone
        else:
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(LINGER_S):
                    await _drop_the_rest(reader)
        finally:
            writer.transport.abort()
            self._open.pop(writer, None)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        only_head = False
        try:
            head = await _head(reader)
            if not head:
                return
            request = parse(head)
            only_head = request.method == "HEAD"
            answer = self._answer(request)
        except HttpRefusal as refusal:
            allow = [("Allow", refusal.allow)] if refusal.allow else []
            answer = text_answer(refusal.status, str(refusal), *allow)
        lines = [f"HTTP/1.1 {answer.status}", *(f"{name}: {value}" for name, value in answer.headers)]
        lines += [f"Content-Length: {len(answer.body)}", "Connection: close", "", ""]
        writer.transport.set_write_buffer_limits(0)  # so that draining means that the system has taken all of it
        writer.write("\r\n".join(lines).encode("latin-1") + (b"" if only_head else answer.body))
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection at once, and drops what the system still holds of its answer."""
    if not writer.transport.is_closing():
        at_once = struct.pack("ii", 1, 0)  # SO_LINGER, for 0 s
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """Everything up to the empty line; empty when nothing was sent.

    Raises:
        HttpRefusal: it is too long, or ends too early.
    """
    data = b""
    while (end := head_end(data)) is None:
        more = await reader.read(MAX_HEAD_BYTES)
        if not more:
            if not data:
                return b""
            raise HttpRefusal("400 Bad Request", "the request ends before its headers do")
        data += more
    return data[:end]


async def _drop_the_rest(reader: asyncio.StreamReader) -> None:
    """Reads to the end of what a client sends, at most until the deadline of the caller."""
    while await reader.read(MAX_HEAD_BYTES):
        pass


def _report(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Logs an internal error while answering; the next request is answered all the same."""
    log.get().error("metrics request failed", reason=str(context.get("exception") or context.get("message")))
