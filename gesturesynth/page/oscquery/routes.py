"""What OSCQuery answers over HTTP, and the WebSocket by which programs listen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import msgspec
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from gesturesynth.control.osc.limits import AllowList
from gesturesynth.core.packing import JSON, packed
from gesturesynth.page.access import Visitor
from gesturesynth.page.admission import Admission, is_local
from gesturesynth.page.message_pace import MessagePace
from gesturesynth.page.oscquery.nodes import HOST_INFO, attribute, host_info
from gesturesynth.page.oscquery.service import OscQuery
from gesturesynth.page.request_checks import RequestChecks
from gesturesynth.page.viewer import Viewer
from gesturesynth.page.viewer_socket import serve_viewer, viewer_of_socket

ROOT: Final = "/gesturesynth"
"""Paths from here on are OSC addresses."""


class ListenerMessage(msgspec.Struct, frozen=True):
    """What a program sends over the WebSocket."""

    COMMAND: str
    DATA: str = ""


_DECODER: Final = msgspec.json.Decoder(ListenerMessage)


@dataclass(frozen=True)
class OscQueryAccess:
    """All that requests need.

    Attributes:
        service: answers.
        name: of this host, for people.
        port: the TCP port that programs connect to.
        osc_ip: where OSC is received, if that is another address than the one that was asked; else empty.
        allow: other computers that may send OSC: what they may do by OSC includes all that can be read here.
        pace: how many messages a device may send.
        visitor: who a request comes from; None for one that is not paired.
    """

    service: OscQuery
    name: str
    port: int
    osc_ip: str
    allow: AllowList
    pace: MessagePace
    visitor: Callable[[HTTPConnection], Visitor | None]

    def key(self, connection: HTTPConnection) -> str:
        """By which the messages of a sender are counted; empty for one that may not read."""
        found = self.visitor(connection)
        if found:
            return f"oscquery {found.key}"
        client = connection.client.host if connection.client else ""
        forwarded = not is_local(connection.headers, "127.0.0.1")
        return f"oscquery {client}" if not forwarded and self.allow.permits(client) else ""


def is_query(request: Request) -> bool:
    """Whether a request is one of OSCQuery rather than of a browser that shows the page."""
    path = request.url.path
    if path == ROOT or path.startswith(f"{ROOT}/"):
        return True
    if request.url.query == HOST_INFO:
        return True
    return path == "/" and "text/html" not in request.headers.get("accept", "")


async def answer_query(request: Request, access: OscQueryAccess) -> Response:
    """The JSON of a node, or of one of its attributes."""
    key = access.key(request)
    if not key:
        return PlainTextResponse("This computer is neither paired nor allowed to send OSC (`osc.allow`).\n", 401)
    await access.pace.wait(key)
    if request.url.query == HOST_INFO:
        return _json(host_info(access.name, await access.service.ask_osc_port(), access.osc_ip, access.port))
    node = await access.service.node(unquote(request.url.path))
    if node is None:
        return PlainTextResponse("There is nothing at this address.\n", 404)
    name = unquote(request.url.query)
    found = attribute(node, name) if name else node
    if isinstance(found, int):
        return Response(None if found == 204 else "There is no such attribute.\n", found, media_type="text/plain")
    return _json(found)


def _json(answer: object) -> Response:
    return Response(packed(JSON, answer), media_type="application/json", headers={"cache-control": "no-store"})


async def serve_listener(socket: WebSocket, access: OscQueryAccess) -> None:
    """A program listens until it goes, or is cut off."""
    key = access.key(socket)
    if not key:
        await socket.send_denial_response(PlainTextResponse("This computer may not listen.\n", 401))
        return
    found = access.visitor(socket)
    viewer = viewer_of_socket(socket, role="look", device=found.device if found else 0)
    access.service.enter(viewer)  # before anything is waited for, so that a device that is revoked meanwhile is cut off
    try:
        await socket.accept()
        await access.service.refresh()  # so that all addresses are known before the first LISTEN
        await serve_viewer(socket, viewer, _read(socket, viewer, access, key), key)
    finally:
        access.service.leave(viewer)


async def _read(socket: WebSocket, viewer: Viewer, access: OscQueryAccess, key: str) -> bool:
    """Reads until the program has gone (True), or has sent what is no message of the proposal (False).

    OSC that comes this way is passed over: it is received over UDP only.
    """
    with suppress(WebSocketDisconnect):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return True
            await access.pace.wait(key)
            text = message.get("text")
            if text is None:
                continue
            try:
                found = _DECODER.decode(text)
            except (msgspec.MsgspecError, RecursionError, UnicodeError):
                return False
            if found.COMMAND == "LISTEN":
                access.service.listen(viewer, found.DATA)
            elif found.COMMAND == "IGNORE":
                access.service.ignore(viewer, found.DATA)
    return True


def oscquery_socket(access: OscQueryAccess) -> WebSocketRoute:
    """The route of the WebSocket: the proposal has it at the root of the server."""

    async def listen(socket: WebSocket) -> None:
        await serve_listener(socket, access)

    return WebSocketRoute("/", listen)


def oscquery_application(access: OscQueryAccess, admission: Admission) -> ASGIApp:
    """The application of a server without the page."""

    async def answer(request: Request) -> Response:
        return await answer_query(request, access)

    routes = [oscquery_socket(access), Route("/{path:path}", answer, methods=["GET"])]
    return RequestChecks(Starlette(routes=routes), admission, tls=False)
