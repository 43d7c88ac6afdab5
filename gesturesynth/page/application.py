"""What the server answers: the files of the page, and one WebSocket for each browser that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from gesturesynth.core.errors import UserError
from gesturesynth.page.access import Visitor, cookie, visitor
from gesturesynth.page.admission import Admission
from gesturesynth.page.assets import Asset
from gesturesynth.page.broadcast import Broadcast
from gesturesynth.page.command_wire import CommandWire
from gesturesynth.page.conversation import Conversation
from gesturesynth.page.desk import Desk
from gesturesynth.page.message_pace import MessagePace
from gesturesynth.page.oscquery.routes import OscQueryAccess, answer_query, is_query, oscquery_socket
from gesturesynth.page.request_checks import RequestChecks
from gesturesynth.page.tab_service import PageQuestion
from gesturesynth.page.viewer_socket import serve_viewer, viewer_of_socket

MOST_PAIR_BYTES = 1024


class PairingWish(msgspec.Struct, frozen=True):
    """What a device sends to be paired: the code, and a name for itself."""

    code: str
    name: str = ""


@dataclass(frozen=True)
class Page:
    """All that requests need.

    Attributes:
        assets: the files, by path.
        admission: which Host and Origin are let in.
        broadcast, wire, pace: as in their modules.
        questions: those that this process answers, by name.
        desk: where devices are paired.
        tls: whether the server speaks TLS.
        oscquery: answers programs that ask which OSC addresses there are; None where none may.
    """

    assets: Mapping[str, Asset]
    admission: Admission
    broadcast: Broadcast
    wire: CommandWire
    pace: MessagePace
    questions: Mapping[str, PageQuestion]
    desk: Desk
    tls: bool = False
    oscquery: OscQueryAccess | None = None

    def visitor(self, connection: HTTPConnection) -> Visitor | None:
        """The sender of a request; None before it is paired."""
        client = connection.client.host if connection.client else ""
        return visitor(connection.headers, client, self.desk.devices)


def application(page: Page) -> ASGIApp:
    """The application, behind the checks that every request has to pass."""

    async def files(request: Request) -> Response:
        if page.oscquery and is_query(request):
            return await answer_query(request, page.oscquery)
        return _file(request, page.assets)

    async def live(socket: WebSocket) -> None:
        await _live(socket, page)

    async def me(request: Request) -> Response:
        found = page.visitor(request)
        return JSONResponse({"role": found.role if found else None}, headers={"cache-control": "no-store"})

    async def pair(request: Request) -> Response:
        return await _pair(request, page)

    routes = [
        WebSocketRoute("/live", live),
        Route("/me", me, methods=["GET"]),
        Route("/pair", pair, methods=["POST"]),
        *([oscquery_socket(page.oscquery)] if page.oscquery else []),
        Route("/{path:path}", files, methods=["GET"]),
    ]
    return RequestChecks(Starlette(routes=routes), page.admission, tls=page.tls)


def _file(request: Request, assets: Mapping[str, Asset]) -> Response:
    asset = assets.get(request.url.path)
    if asset is None:
        return PlainTextResponse("There is no such file.\n", 404)
    headers = {"etag": asset.tag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if asset.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.gzipped, headers=headers | {"content-encoding": "gzip"}, media_type=asset.content_type)
    return Response(asset.body, headers=headers, media_type=asset.content_type)


async def _pair(request: Request, page: Page) -> Response:
    """A device sends the code that its user has read: it gets its cookie, or a sentence."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_PAIR_BYTES:
            return PlainTextResponse("That is too long for a code.\n", 413)
    try:
        wish = msgspec.json.decode(body, type=PairingWish)
        device, token = page.desk.redeem(wish.code, wish.name)
    except msgspec.MsgspecError:
        return PlainTextResponse("That is no code.\n", 400)
    except UserError as error:
        return JSONResponse({"text": str(error)}, 403)
    answer = JSONResponse({"role": device.role})
    answer.headers["set-cookie"] = cookie(token, tls=page.tls)
    return answer


async def _live(socket: WebSocket, page: Page) -> None:
    visitor = page.visitor(socket)
    if visitor is None:
        await socket.send_denial_response(PlainTextResponse("This device is not paired.\n", 401))
        return
    await socket.accept()

    viewer = viewer_of_socket(socket, role=visitor.role, device=visitor.device)
    conversation = Conversation(viewer, page.broadcast, page.wire, page.questions)
    page.broadcast.watch(viewer, ())
    conversation.greet()
    try:
        await serve_viewer(socket, viewer, _read(socket, conversation, page.pace, visitor.key), visitor.key)
    finally:
        conversation.close()
        page.broadcast.remove(viewer)


async def _read(socket: WebSocket, conversation: Conversation, pace: MessagePace, device: str) -> bool:
    """Reads until the browser has gone (True), or has sent what no page of ours sends (False)."""
    with suppress(WebSocketDisconnect):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return True
            text = message.get("text")
            if text is None:
                return False
            await pace.wait(device)  # nothing is read meanwhile, so the browser has to wait, too
            if not await conversation.take(text):
                return False
    return True
