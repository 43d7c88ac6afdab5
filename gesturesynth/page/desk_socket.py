"""The socket by which a shell of this computer pairs devices, lists and revokes them: RUNTIME/page/desk.

One line of JSON for each connection, and one line back. Only users who may enter the runtime folder reach it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.page.roles import Role

CAP_BYTES: Final = 4096
ANSWER_CAP_BYTES: Final = 65536
TIMEOUT_S: Final = 3.0


class DeskRequest(msgspec.Struct, frozen=True):
    """What a shell asks for: `pair` with a role, `devices`, or `revoke` with a number (0 for all)."""

    verb: str
    role: Role = "play"
    number: int = 0


class ListedDevice(msgspec.Struct, frozen=True):
    """A device in a list; see `devices.Device`. `connected`: how many windows of it are open."""

    number: int
    name: str
    role: Role
    paired: str
    connected: int = 0


class DeskAnswer(msgspec.Struct, frozen=True):
    """What it gets.

    Attributes:
        ok: whether it was done.
        text: a sentence for people.
        code: six digits.
        address: of the page, for the device; it holds the code.
        devices: those that are paired.
    """

    ok: bool
    text: str = ""
    code: str = ""
    address: str = ""
    devices: tuple[ListedDevice, ...] = ()


def desk_path(folder: Path | None = None) -> Path:
    """The file of the socket in a runtime folder; by default this process's own."""
    return paths.socket_path("page", "desk", folder)


async def serve_desk(answer: Callable[[DeskRequest], Awaitable[DeskAnswer]], folder: Path | None = None) -> None:
    """Answers until it is cancelled. The file of the socket stays; who serves next replaces it."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, ValueError, msgspec.MsgspecError):
            async with asyncio.timeout(TIMEOUT_S):
                request = msgspec.json.decode(await reader.readline(), type=DeskRequest)
                writer.write(msgspec.json.encode(await answer(request)) + b"\n")
                await writer.drain()
        writer.close()

    # asyncio replaces a socket that is left from before, and removes its own at the end from Python 3.13 on.
    server = await asyncio.start_unix_server(handle, desk_path(folder), limit=CAP_BYTES)
    async with server:
        await server.serve_forever()


def ask_desk(request: DeskRequest, folder: Path, timeout_s: float = TIMEOUT_S) -> DeskAnswer:
    """Asks the page that runs.

    Raises:
        GestureSynthError: none runs there, or it does not answer.
        UserError: it refuses.
    """
    not_running = f"no page is served here (in {folder}): start it with `gesturesynth run`"
    data = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(timeout_s)
        try:
            link.connect(str(desk_path(folder)))
            link.sendall(msgspec.json.encode(request) + b"\n")
            while not data.endswith(b"\n") and len(data) < ANSWER_CAP_BYTES and (part := link.recv(4096)):
                data += part
        except OSError as error:
            raise GestureSynthError(f"{not_running} ({error.strerror or error})") from error
    try:
        answer = msgspec.json.decode(data, type=DeskAnswer)
    except msgspec.MsgspecError as error:
        raise GestureSynthError("the page did not answer: it is busy, or of another version") from error
    if not answer.ok:
        raise UserError(answer.text)
    return answer
