"""One request to a web server, with limits: time, size, no redirection, and only addresses that may be connected to."""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gesturesynth.actions.failures import why
from gesturesynth.actions.http.addresses import IpAddress, IpNetwork, WebAddress, permitted_ips

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

TIME_LIMIT_S: Final = 5.0
"""For the whole of a request, from the connection to the end of the answer; the name of the host comes before it."""
MOST_ANSWER: Final = 65_536
"""Bytes of an answer that are read, and thrown away: a server may not have finished its work before."""
MOST_RECEIVED: Final = 2 * MOST_ANSWER
"""Bytes that are received at all, with headers and whatever lengths a server claims: then an answer counts as ended."""
MOST_TRIES: Final = 4
"""Of the addresses of one host."""


@dataclass(frozen=True)
class WebRequest:
    """A request, complete.

    Attributes:
        action: the name of the action that it is for.
        address: what is asked for.
        method: how.
        body: for POST. content_type: what it is.
        made_s: when it was made, monotonic seconds.
    """

    action: str
    address: WebAddress
    method: Literal["GET", "POST"]
    body: bytes
    content_type: str
    made_s: float


def resolve(host: str) -> list[IpAddress]:
    """The addresses of a host. May take as long as the system's resolver likes.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def send_request(
    request: WebRequest,
    networks: Sequence[IpNetwork],
    *,
    limit_s: float = TIME_LIMIT_S,
    resolver: Callable[[str], Sequence[IpAddress]] = resolve,
    tls: ssl.SSLContext | None = None,
) -> str:
    """Makes a request and reads its answer.

    Args:
        request: what is asked.
        networks: that names may lead to, besides public addresses.
        limit_s: how long it may take.
        resolver: gives the addresses of a host.
        tls: how certificates are checked; by default as the system does.

    Returns:
        Why it failed, as a sentence; an empty text when the server answered that all is well (200 to 299).
    """
    where, host = request.address.origin, request.address.host
    try:
        ips = permitted_ips(host, resolver(host), networks)
    except (OSError, UnicodeError):
        return f"the name '{host}' is not known"
    if not ips:
        return f"'{host}' is on a private network: `actions.networks` in gesturesynth.yaml does not name its address"
    failure = ""
    try:
        status = _status(request, ips, time.monotonic() + limit_s, tls)
    except TimeoutError:
        failure = f"{where} took longer than {limit_s:g} s"
    except ssl.SSLError as error:
        failure = f"the certificate of {where} is not accepted ({getattr(error, 'verify_message', '') or error.reason})"
    except OSError as error:
        failure = f"{where} cannot be reached ({why(error) or 'it has ended the connection'})"
    except (http.client.HTTPException, ValueError):
        failure = f"{where} does not answer as a web server does"
    else:
        failure = _judged(status, where)
    return failure


def _judged(status: int, where: str) -> str:
    """Why an answer is none that was wanted; an empty text where it is."""
    if 300 <= status < 400:
        return f"{where} leads elsewhere (status {status}), and that is not followed: write the address it leads to"
    return "" if 200 <= status < 300 else f"{where} answers with status {status}"


def _connected(ips: Sequence[IpAddress], port: int, until_s: float) -> socket.socket:
    """A connection to the first address that takes one: a program may listen on `127.0.0.1` and not on `::1`."""
    ips = ips[:MOST_TRIES]
    for number, ip in enumerate(ips[:-1]):
        with suppress(OSError):
            return socket.create_connection((str(ip), port), _left(until_s) / (len(ips) - number))
    return socket.create_connection((str(ips[-1]), port), _left(until_s))


def _status(request: WebRequest, ips: Sequence[IpAddress], until_s: float, tls: ssl.SSLContext | None) -> int:
    """The status of the answer. Raises what sockets and `http.client` raise."""
    address = request.address
    with closing(_connected(ips, address.port, until_s)) as plain:
        connection: socket.socket = plain
        if address.scheme == "https":
            connection.settimeout(_left(until_s))
            context = tls or ssl.create_default_context()
            connection = context.wrap_socket(plain, server_hostname=address.host)
        with closing(connection):
            connection.settimeout(_left(until_s))
            connection.sendall(_octets(request))
            answer = http.client.HTTPResponse(_Answering(connection, until_s), method=request.method)  # type: ignore[arg-type]  # all of a socket that it uses
            with closing(answer):
                answer.begin()
                answer.read(MOST_ANSWER)
                return answer.status


def _octets(request: WebRequest) -> bytes:
    address = request.address
    lines = [
        f"{request.method} {address.path} HTTP/1.1",
        f"Host: {address.origin.partition('//')[2]}",
        "User-Agent: gesturesynth",
        "Accept: */*",
        "Connection: close",
    ]
    if request.method == "POST":
        lines += [f"Content-Type: {request.content_type}", f"Content-Length: {len(request.body)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + request.body


def _left(until_s: float) -> float:
    left_s = until_s - time.monotonic()
    if left_s <= 0.0:
        raise TimeoutError
    return left_s


class _Answering:
    """A socket as `http.client` wants it, whose reads all together end at a time."""

    def __init__(self, connection: socket.socket, until_s: float) -> None:
        self._connection, self._until_s = connection, until_s

    def makefile(self, _mode: str) -> io.BufferedReader:
        """A file of what is received."""
        return io.BufferedReader(_Reader(self._connection, self._until_s))


class _Reader(io.RawIOBase):
    def __init__(self, connection: socket.socket, until_s: float) -> None:
        self._connection, self._until_s = connection, until_s
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._received >= MOST_RECEIVED:
            return 0
        self._connection.settimeout(_left(self._until_s))
        size = self._connection.recv_into(buffer)
        self._received += size
        return size
