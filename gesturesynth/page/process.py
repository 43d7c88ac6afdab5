"""The process `page`: serves the web page, and passes on what it asks for.

It subscribes to the statuses and poses of the others while a browser shows them, and sends commands to the conductor
over the command socket. It holds nothing of the piece, so it may start and end at any moment. What it remembers are the
devices that were paired.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from dataclasses import dataclass, replace
from pathlib import Path

import zmq

from gesturesynth.core import log, paths
from gesturesynth.page.address import address_file
from gesturesynth.page.admission import Admission
from gesturesynth.page.application import Page, application
from gesturesynth.page.assets import load_assets
from gesturesynth.page.broadcast import Broadcast
from gesturesynth.page.command_wire import CommandWire
from gesturesynth.page.desk import Desk
from gesturesynth.page.desk_socket import desk_path, serve_desk
from gesturesynth.page.devices import DeviceBook
from gesturesynth.page.http_protocol import ConnectionLimits
from gesturesynth.page.message_pace import MessagePace
from gesturesynth.page.network import LOOPBACK, Reach
from gesturesynth.page.oscquery.service import OscQuery
from gesturesynth.page.oscquery.settings import OscQuerySettings, announcing
from gesturesynth.page.port_wait import POLL_S, wait_until_possible
from gesturesynth.page.server import PageServer, Tls, listening_socket
from gesturesynth.page.tab_service import Surroundings
from gesturesynth.page.tabs.all import tab_services
from gesturesynth.page.viewer import Viewer
from gesturesynth.runtime.service import Service


@dataclass(frozen=True)
class PageSettings:
    """Where to serve.

    Attributes:
        port: of TCP; 0 for any that is free.
        enabled: whether to serve at all; a unit of systemd starts it in any case.
        reach: who may connect.
        names: by which browsers may call this computer.
        tls: the certificate; None for plain HTTP.
        runtime: the runtime folder of the other processes.
        config: the file of settings that was named.
        oscquery: how programs find OSC addresses; None for not at all.
    """

    port: int
    enabled: bool
    reach: Reach
    names: tuple[str, ...] = ()
    tls: Tls | None = None
    runtime: Path | None = None
    config: Path | None = None
    oscquery: OscQuerySettings | None = None

    def address(self, host: str, port: int) -> str:
        """The address of the page at a host."""
        return f"{'https' if self.tls else 'http'}://{host}:{port}/"


class _CertificateError(OSError):
    """The certificate or its key cannot be read."""


def run_page(settings: PageSettings, service: Service) -> int:
    """Serves until told to stop.

    Returns:
        The exit code, 0.

    Raises:
        UserError: the network in the settings is none.
    """
    file = address_file(paths.runtime_dir())
    paths.private_folder(file.parent)
    if not settings.enabled:
        _wait_for_the_end(service)
        return 0
    listening = wait_until_possible(
        lambda: _prepare(settings),
        lambda error: (_awaited(error, settings), _sentence(error, settings)),
        "page",
        service,
    )
    if listening is None:
        return 0
    port = int(listening.getsockname()[1])
    file.write_text(settings.address(LOOPBACK, port), encoding="utf-8")
    try:
        with zmq.Context() as context:
            asyncio.run(_serve(settings, service, context, listening, port))
    finally:
        file.unlink(missing_ok=True)
        desk_path().unlink(missing_ok=True)
    return 0


def _wait_for_the_end(service: Service) -> None:
    """There is nothing to do: the settings say so."""
    service.ready("switched off by `page.enabled`")
    while not service.stopping:
        service.heartbeat()
        time.sleep(POLL_S)
    service.notify_stopping()


def _prepare(settings: PageSettings) -> socket.socket:
    if settings.tls:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls.certificate, settings.tls.key)
        except OSError as error:
            raise _CertificateError(*error.args) from error
    return listening_socket(settings.reach.host, settings.port)


def _awaited(error: OSError, settings: PageSettings) -> str:
    if settings.tls and isinstance(error, _CertificateError):
        return f"the certificate {settings.tls.certificate}"
    return f"TCP port {settings.port}"


def _sentence(error: OSError, settings: PageSettings) -> str:
    reason = f"{_awaited(error, settings)} cannot be had ({error.strerror or error})"
    if isinstance(error, _CertificateError):
        return f"{reason}: see `page.certificate` and `page.key` in gesturesynth.yaml. All else works"
    return (
        f"{reason}: perhaps another program, or another Gesture Synth, has it. All else works; the page comes when the "
        "port is free. Another one: --page-port, or `page.port` in gesturesynth.yaml"
    )


async def _serve(
    settings: PageSettings,
    service: Service,
    context: zmq.Context[zmq.Socket[bytes]],
    listening: socket.socket,
    port: int,
) -> None:
    folder = settings.runtime or paths.runtime_dir()
    reach = settings.reach
    local = settings.address(LOOPBACK, port)
    outside = settings.address(reach.own_address() or socket.gethostname(), port)
    broadcast, wire = Broadcast(context, folder), CommandWire(context, folder)
    addresses = OscQuery(context, folder)

    def connected() -> list[Viewer]:
        return [*broadcast.viewers, *addresses.viewers]

    desk = Desk(DeviceBook(paths.state_dir() / "page" / "devices.json"), connected, reach, outside)

    def status() -> str:
        viewers = len(broadcast.viewers)
        return f"{local}, {viewers} viewer{'s' * (viewers != 1)}"

    def tick() -> bool:
        service.heartbeat(status())
        return service.stopping

    tabs = tab_services(Surroundings(folder, settings.config, context, wire))
    questions = {question.name: question for tab in tabs for question in tab.questions}
    admission = Admission(settings.names)
    page = Page(load_assets(), admission, broadcast, wire, MessagePace(), questions, desk, tls=settings.tls is not None)
    if settings.oscquery:
        page = replace(page, oscquery=settings.oscquery.access(addresses, port, page.pace, page.visitor))
    server = PageServer(application(page), ConnectionLimits(reach.allow_list().permits), tick, settings.tls)
    try:
        service.ready(status())
        log.get().info("page served", address=local, **({"network_address": outside} if reach.is_open else {}))
        async with asyncio.TaskGroup() as group:
            works = [group.create_task(tab.work()) for tab in tabs if tab.work]
            works.append(group.create_task(serve_desk(desk.answer)))
            if settings.oscquery:
                # Programs that find it speak plain HTTP.
                told_of = (reach.own_address(), port) if reach.is_open and not settings.tls else None
                works += [group.create_task(work) for work in announcing(settings.oscquery, addresses, told_of)]
            await server.serve([listening])
            for work in works:
                work.cancel()
        service.notify_stopping()
    finally:
        addresses.close()
        broadcast.close()
        wire.close()
