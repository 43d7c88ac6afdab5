"""The process `oscquery`: OSCQuery without the page, for programs of this computer only."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import zmq
from starlette.requests import HTTPConnection

from gesturesynth.core import log, paths
from gesturesynth.page.access import Visitor
from gesturesynth.page.address import address_file
from gesturesynth.page.admission import Admission, is_local
from gesturesynth.page.http_protocol import ConnectionLimits
from gesturesynth.page.message_pace import MessagePace
from gesturesynth.page.network import LOOPBACK, Reach
from gesturesynth.page.oscquery.routes import oscquery_application
from gesturesynth.page.oscquery.service import OscQuery
from gesturesynth.page.oscquery.settings import OscQuerySettings, announcing
from gesturesynth.page.port_wait import wait_until_possible
from gesturesynth.page.server import PageServer, listening_socket
from gesturesynth.runtime.service import Service

NAME = "oscquery"


def run_oscquery(settings: OscQuerySettings, port: int, runtime: Path, service: Service) -> int:
    """Serves until told to stop.

    Args:
        settings: what is served, and what the network is told.
        port: TCP; 0 for any that is free.
        runtime: the runtime folder of the other processes.
        service: its context has been entered already.

    Returns:
        The exit code, 0.
    """
    # In the page's place its unit lets it write in the page's folder alone.
    file = address_file(paths.runtime_dir(), service.name or NAME)
    paths.private_folder(file.parent)

    def explain(error: OSError) -> tuple[str, str]:
        awaited = f"TCP port {port}"
        return awaited, (
            f"{awaited} cannot be had ({error.strerror or error}): perhaps another program has it. All else works; "
            "it is served when the port is free. Another one: `oscquery.port` in gesturesynth.yaml"
        )

    listening = wait_until_possible(lambda: listening_socket(LOOPBACK, port), explain, "OSCQuery", service)
    if listening is None:
        return 0
    address = f"http://{LOOPBACK}:{listening.getsockname()[1]}/"
    file.write_text(address, encoding="utf-8")
    try:
        with zmq.Context() as context:
            asyncio.run(_serve(settings, OscQuery(context, runtime), listening, address, service))
    finally:
        file.unlink(missing_ok=True)
    return 0


async def _serve(
    settings: OscQuerySettings, addresses: OscQuery, listening: socket.socket, address: str, service: Service
) -> None:
    port = int(listening.getsockname()[1])

    def tick() -> bool:
        service.heartbeat(address)
        return service.stopping

    application = oscquery_application(settings.access(addresses, port, MessagePace(), _visitor), Admission())
    server = PageServer(application, ConnectionLimits(Reach().allow_list().permits), tick)
    try:
        service.ready(address)
        log.get().info("OSCQuery served", address=address)
        async with asyncio.TaskGroup() as group:
            works = [group.create_task(work) for work in announcing(settings, addresses, None)]
            await server.serve([listening])
            for work in works:
                work.cancel()
        service.notify_stopping()
    finally:
        addresses.close()


def _visitor(connection: HTTPConnection) -> Visitor | None:
    client = connection.client.host if connection.client else ""
    return Visitor("look") if is_local(connection.headers, client) else None
