"""The UDP sockets of this program: bound to what settings say, with a sentence for each way in which that fails."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from typing import Final

from gesturesynth.control.osc.limits import AllowList
from gesturesynth.core.errors import UserError

KERNEL_OCTETS: Final = 1 << 20
"""Buffer requested from the kernel for datagrams not read yet; it may give less."""


def bound_socket(host: str, port: int, allow: AllowList, section: str, also: str = "") -> socket.socket:
    """A UDP socket that does not wait.

    Args:
        host: an IPv4 address of this computer.
        port: 0 to 65535; 0 for any that is free.
        allow: other computers that may send.
        section: of the settings that all this comes from, for sentences.
        also: how else the port can be chosen, likewise.

    Raises:
        UserError: the settings contradict each other, or the port cannot be used.
    """
    _check(host, port, allow, section)
    where = f"{host}:{port}"
    choose = f"choose another port{also} as {section}.port in gesturesynth.yaml"
    name = "OSC" if section == "osc" else f"OSC {section}"
    ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        ours.setblocking(False)
        ours.bind((host, port))
    except OSError as error:
        ours.close()
        if error.errno == errno.EADDRINUSE:
            raise UserError(f"{name}: another program has UDP port {where} already; end it, or {choose}") from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise UserError(
                f"{section}.host: {host} is not an address of this computer; write 127.0.0.1, or 0.0.0.0 for all"
            ) from None
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise UserError(
                f"{name}: this user may not listen on UDP port {where} (ports below 1024 are reserved); {choose}"
            ) from None
        raise UserError(f"{name}: UDP port {where} cannot be had ({error.strerror}); {choose}") from None
    with contextlib.suppress(OSError):  # macOS refuses more than its limit, and keeps what it has by default
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_OCTETS)
    return ours


def _check(host: str, port: int, allow: AllowList, section: str) -> None:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        raise UserError(
            f"{section}.host: '{host}' is not an IPv4 address; write 127.0.0.1 for this computer only, an address "
            "of this computer, or 0.0.0.0 for all of them"
        ) from None
    if not 0 <= port <= 65535:
        raise UserError(f"{section}.port: {port} is not a port; choose one from 1 to 65535")
    if not address.is_loopback and not allow:
        raise UserError(
            f"{section}.host: {host} lets other computers in, but {section}.allow names none that may; list their "
            "addresses there, such as [192.168.1.20], or keep 127.0.0.1"
        )
