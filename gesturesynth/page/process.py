"""The process `page`: serves the web page, and passes on what it asks for.

It subscribes to the statuses and poses of the others while a browser shows them, and sends commands to the conductor
over the command socket. It holds nothing of the piece, so it may start and end at any moment.
"""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.core import log, paths
from gesturesynth.page.address import address_file
from gesturesynth.page.admission import Admission, is_loopback
from gesturesynth.page.application import Page, application
from gesturesynth.page.assets import load_assets
from gesturesynth.page.broadcast import Broadcast
from gesturesynth.page.command_wire import CommandWire
from gesturesynth.page.http_protocol import ConnectionLimits
from gesturesynth.page.message_pace import MessagePace
from gesturesynth.page.server import PageServer, listening_socket
from gesturesynth.page.tab_service import Surroundings
from gesturesynth.page.tabs.all import tab_services
from gesturesynth.runtime.service import Service

HOST: Final = "127.0.0.1"
PORT_RETRY_S: Final = 2.0
"""Between two attempts to get a port that another program has."""
POLL_S: Final = 0.1


@dataclass(frozen=True)
class PageSettings:
    """Where to serve.

    Attributes:
        port: of TCP; 0 for any that is free.
        names: by which other computers know this one.
        runtime: the runtime folder of the other processes.
        config: the file of settings that was named.
    """

    port: int
    names: tuple[str, ...] = ()
    runtime: Path | None = None
    config: Path | None = None


def run_page(settings: PageSettings, service: Service) -> int:
    """Serves until told to stop.

    Returns:
        The exit code, 0.
    """
    file = address_file(paths.runtime_dir())
    paths.private_folder(file.parent)
    listening = _wait_for_port(settings.port, service)
    if listening is None:
        return 0
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    file.write_text(address, encoding="utf-8")
    try:
        with zmq.Context() as context:
            asyncio.run(_serve(settings, service, context, listening, address))
    finally:
        file.unlink(missing_ok=True)
    return 0


def _wait_for_port(port: int, service: Service) -> socket.socket | None:
    """The socket, as soon as the port can be had; None when told to stop before."""
    due_s, said = 0.0, False
    while not service.stopping:
        if time.monotonic() >= due_s:
            due_s = time.monotonic() + PORT_RETRY_S
            try:
                return listening_socket(HOST, port)
            except OSError as error:
                waiting = f"waiting for TCP port {port}"
                if not said:
                    said = True
                    message = (
                        f"TCP port {port} of {HOST} cannot be had ({error.strerror}): perhaps another program, or "
                        "another Gesture Synth, has it. All else works; the page comes when the port is free. "
                        "Another one: --page-port, or `page.port` in gesturesynth.yaml"
                    )
                    log.get().warning("page not served", message=message)
                    service.ready(waiting)
        service.heartbeat()
        time.sleep(POLL_S)
    service.notify_stopping()
    return None


async def _serve(
    settings: PageSettings,
    service: Service,
    context: zmq.Context[zmq.Socket[bytes]],
    listening: socket.socket,
    address: str,
) -> None:
    folder = settings.runtime or paths.runtime_dir()
    broadcast, wire = Broadcast(context, folder), CommandWire(context, folder)

    def status() -> str:
        viewers = len(broadcast.viewers)
        return f"{address}, {viewers} viewer{'s' * (viewers != 1)}"

    def tick() -> bool:
        service.heartbeat(status())
        return service.stopping

    tabs = tab_services(Surroundings(folder, settings.config, context, wire))
    questions = {question.name: question for tab in tabs for question in tab.questions}
    page = Page(load_assets(), Admission(settings.names), broadcast, wire, MessagePace(), questions)
    server = PageServer(application(page), ConnectionLimits(is_loopback), tick)
    try:
        service.ready(status())
        log.get().info("page served", address=address)
        async with asyncio.TaskGroup() as group:
            works = [group.create_task(tab.work()) for tab in tabs if tab.work]
            await server.serve([listening])
            for work in works:
                work.cancel()
        service.notify_stopping()
    finally:
        broadcast.close()
        wire.close()
