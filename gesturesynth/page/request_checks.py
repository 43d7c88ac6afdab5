"""The checks that every request has to pass before the application: its Host and its Origin."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from gesturesynth.page.admission import Admission
from gesturesynth.page.assets import security_headers

PROGRAM_SOCKETS: Final = frozenset({"/", ""})
"""Where programs open a WebSocket (OSCQuery), which have no Origin. A browser always sends one, so that of a page of
another origin is refused there, too."""


class RequestChecks:
    """Refuses a wrong Host or Origin, and adds the security headers to every answer.

    Args:
        inner: the application.
        admission: which Host and Origin are let in.
        tls: whether the server speaks TLS.
    """

    def __init__(self, inner: ASGIApp, admission: Admission, *, tls: bool) -> None:
        self._inner = inner
        self._admission = admission
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or passes it on."""
        if scope["type"] not in {"http", "websocket"}:
            return
        connection = HTTPConnection(scope)
        server = str((scope.get("server") or ("", 0))[0])
        scheme = "https" if self._tls else "http"
        if scope["type"] == "websocket":
            needs_origin = scope["path"] not in PROGRAM_SOCKETS
        else:
            needs_origin = scope["method"] not in {"GET", "HEAD"}
        host_refusal = self._admission.host_refusal(connection.headers, server)
        refusal = host_refusal or self._admission.origin_refusal(connection.headers, scheme, required=needs_origin)
        host = "" if host_refusal else connection.headers["host"]
        extra = [(key.encode(), value.encode()) for key, value in security_headers(host, tls=self._tls).items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        if refusal:
            answer = PlainTextResponse(f"Refused: {refusal}.\n", 421 if host_refusal else 403)
            if scope["type"] == "websocket":
                await WebSocket(scope, receive, send_with_headers).send_denial_response(answer)
            else:
                await answer(scope, receive, send_with_headers)
            return
        await self._inner(scope, receive, send_with_headers)
