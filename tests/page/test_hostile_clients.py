"""Clients that mean harm, with raw sockets: the page serves the others, drops these, and does not grow."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
import zmq

from gesturesynth.page.http_protocol import MOST_OF_HOST, ConnectionLimits
from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.pubsub import Publisher
from tests.support.page_process import PageProcess, page_process
from tests.support.waiting import wait_for

CLOSED_S = 25.0
"""A connection that the page ends after ten seconds is gone by then."""


@pytest.fixture(scope="module")
def page() -> Iterator[PageProcess]:
    with page_process() as running:
        before = psutil.Process(running.process.pid).memory_info().rss
        yield running
        after = psutil.Process(running.process.pid).memory_info().rss
        assert after - before < 40e6, "what they have sent is not kept"


def connected(page: PageProcess) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", page.port), timeout=5)
    made.settimeout(CLOSED_S)
    return made


def is_closed(link: socket.socket) -> bool:
    """Whether the other end closes it, within the timeout of the socket; what it says before is read."""
    with link, suppress(ConnectionError):
        while link.recv(65536):
            pass
    return True


def upgraded(page: PageProcess) -> socket.socket:
    """A WebSocket, opened by hand; its greeting is read."""
    link = connected(page)
    origin = page.address.rstrip("/")
    link.sendall(
        f"GET /live HTTP/1.1\r\nHost: {page.host}\r\nOrigin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    received = b""
    while b'"welcome"' not in received:
        received += link.recv(4096)
    assert received.startswith(b"HTTP/1.1 101")
    return link


def frame(payload: bytes, opcode: int = 1, *, last: bool = True) -> bytes:
    """A frame as clients send it, masked with zeros."""
    head = bytes([opcode | (0x80 if last else 0)])
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack(">H", size)
    return head + length + bytes(4) + payload


def test_requests_that_never_end_are_cut_off_and_others_are_served(page: PageProcess) -> None:
    slow = [connected(page) for _ in range(MOST_OF_HOST - 2)]
    for link in slow:
        link.sendall(b"GET / HTTP/1.1\r\nHost: ")
    silent = connected(page)
    begin_s = time.monotonic()
    while time.monotonic() - begin_s < 3:
        for link in slow:
            link.sendall(b"x")
        assert page.get()[0] == 200
        time.sleep(0.2)
    body = connected(page)
    body.sendall(f"POST /pair HTTP/1.1\r\nHost: {page.host}\r\nContent-Length: 100\r\n\r\n".encode())
    assert all(is_closed(link) for link in [*slow, silent, body])


def test_many_connections_take_no_more_than_their_places(page: PageProcess) -> None:
    links = []
    for _ in range(500):
        with suppress(OSError):
            links.append(connected(page))
    assert len(psutil.Process(page.process.pid).net_connections("tcp")) <= MOST_OF_HOST + 2
    for link in links:
        link.close()
    wait_for(lambda: answers(page), "the page")


def answers(page: PageProcess) -> bool:
    try:
        return page.get()[0] == 200
    except OSError:
        return False


def test_the_places_of_other_computers_do_not_count_for_this_one() -> None:
    limits = ConnectionLimits(lambda host: host != "10.9.9.9", most=3, most_of_host=2)
    assert [limits.enter(host) for host in ("10.0.0.1", "10.0.0.1", "10.0.0.1")] == [True, True, False]
    assert [limits.enter(host) for host in ("10.0.0.2", "10.0.0.3", "10.9.9.9")] == [True, False, False]
    assert [limits.enter("127.0.0.1") for _ in range(3)] == [True, True, False]
    limits.leave("10.0.0.1")
    assert limits.enter("10.0.0.3")
    assert (len(limits), limits.refused) == (5, 4)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff" * 1000,
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000,
        b"GET /" + b"x" * 100_000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600),  # a greeting for TLS
    ],
)
def test_what_is_no_request_ends_the_connection(page: PageProcess, sent: bytes) -> None:
    link = connected(page)
    with suppress(ConnectionError):
        link.sendall(sent)
    assert is_closed(link)
    assert answers(page)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x81\xff" + struct.pack(">Q", 1 << 40) + bytes(4),  # a frame that says it is a terabyte long
        frame(b"x" * 60_000, last=False) + frame(b"x" * 60_000, 0),  # a message in parts, too long together
        frame(b"\xff\xfe\xfd"),  # no UTF-8
        frame(b"{}", 2),  # bytes, which no page of ours sends
        frame(b"{}", 3),  # an opcode that there is not
        b"\x81\x02{}",  # not masked
        frame(json.dumps({"watch": ["pose"] * 20_000}).encode()[:65_000]),
    ],
)
def test_frames_that_no_browser_sends_end_the_connection(page: PageProcess, sent: bytes) -> None:
    link = upgraded(page)
    with suppress(ConnectionError):
        link.sendall(sent)
    assert is_closed(link)
    assert answers(page)


def test_pings_that_are_not_read_fill_no_memory(page: PageProcess) -> None:
    link = upgraded(page)
    link.settimeout(2)
    hundred_megabytes = frame(b"x" * 100, 9) * 1_000_000
    with link, pytest.raises(OSError, match=r"reset|Broken|timed out"):
        link.sendall(hundred_megabytes)


def test_a_viewer_that_does_not_read_is_dropped_and_no_other_waits_for_it(
    page: PageProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", str(page.runtime))
    long = ("x" * 1000,) * 100
    with zmq.Context() as context, page.live() as reader:
        publisher = Publisher(context, ConductorStatus)
        lazy = upgraded(page)
        lazy.sendall(frame(b'{"watch": ["conductor"]}'))
        reader.recv(5)
        reader.send('{"watch": ["conductor"]}')
        received, begin_s = 0, time.monotonic()
        pid = os.getpid()
        while b"viewer dropped" not in page.log.read_bytes():
            assert time.monotonic() - begin_s < 60, "it was never dropped"
            status = ConductorStatus(
                time.monotonic(), pid, "p", "", "", "", False, False, 0.0, "", (), (), 0.0, 0.0, long
            )  # fmt: skip
            publisher.send(status)
            with suppress(TimeoutError):
                reader.recv(0.02)
                received += 1
        assert received > 100
        publisher.close()
        lazy.close()
