"""A WebSocket for as long as it lasts: what is sent, what is read, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from starlette.websockets import WebSocket

from gesturesynth.core import log
from gesturesynth.page.roles import Role
from gesturesynth.page.viewer import Frame, Viewer, ViewerLost

POLICY_VIOLATION: Final = 1008
"""The WebSocket's close code for what no client of ours does (RFC 6455, 7.4.1)."""
CLOSING_S: Final = 1.0


def viewer_of_socket(socket: WebSocket, *, role: Role, device: int) -> Viewer:
    """A viewer that gets its frames by this socket; see `Viewer` for the rest."""

    async def send(frame: Frame) -> None:
        await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_text(frame))

    return Viewer(send, role, device)


async def serve_viewer(socket: WebSocket, viewer: Viewer, reading: Coroutine[Any, Any, bool], device: str) -> None:
    """Sends and reads until one of both ends.

    Args:
        socket: accepted.
        viewer: whose frames are sent.
        reading: reads; returns True when the client has gone, False when it has sent what it may not.
        device: for the log.
    """
    tasks = (
        sending := asyncio.create_task(viewer.send_for_ever()),
        read := asyncio.create_task(reading),
        dropping := asyncio.create_task(viewer.dropped.wait()),  # one that is sent something does not notice it
    )
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if dropping in done or (sending in done and isinstance(sending.exception(), ViewerLost)):
            log.get().info("viewer dropped", device=device)
            socket.state.abort()
        elif read in done and not read.cancelled() and not read.exception() and not read.result():
            await socket.close(POLICY_VIOLATION)
            # One that does not answer the close would keep its place.
            asyncio.get_running_loop().call_later(CLOSING_S, socket.state.abort)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
