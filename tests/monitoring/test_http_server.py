"""The server for figures, against clients that are slow, endless, many, or no HTTP at all. Real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from gesturesynth.monitoring.http_request import MAX_HEAD_BYTES, HttpRequest
from gesturesynth.monitoring.http_server import DEADLINE_S, MAX_CONNECTIONS, HttpAnswer, HttpServer, text_answer
from tests.support.waiting import wait_for

ASKING = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
GOOD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 5\r\nConnection: close\r\n\r\nwell\n"
)
LARGE = 32 * 1024 * 1024
"""More than the system keeps for a client that does not read."""


class Looks:
    """Counts how often the server looked on between requests."""

    count = 0

    def tick(self) -> None:
        self.count += 1


def answered(request: HttpRequest) -> HttpAnswer:
    if request.path == "/large":
        return HttpAnswer("200 OK", (), bytes(LARGE))
    if request.path == "/broken":
        raise ZeroDivisionError
    return text_answer("200 OK", "well")


@contextmanager
def serving(looks: Looks | None = None) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = HttpServer(listening, answered, (looks or Looks()).tick, 0.02)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield port
    finally:
        server.stop()
        thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def everything(client: socket.socket) -> bytes:
    data = b""
    while more := client.recv(65536):
        data += more
    return data


def is_ended(client: socket.socket) -> bool:
    """Waits until the server ends a connection without a word."""
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def said(port: int, request: bytes) -> bytes:
    """All that comes back; the client sends nothing more, and lets the server end the connection."""
    with connected(port) as client:
        client.sendall(request)
        return everything(client)


def test_a_question_is_answered_and_the_connection_ends() -> None:
    with serving() as port:
        assert said(port, ASKING) == GOOD
        assert said(port, ASKING.replace(b"GET", b"HEAD")) == GOOD.removesuffix(b"well\n")
        assert said(port, b"GET /metrics HTTP/1.0\n\n") == GOOD


def test_one_byte_at_a_time_keeps_nobody_waiting_and_ends_at_the_deadline() -> None:
    with serving() as port, connected(port) as slow:
        slow.sendall(b"G")
        for byte in ASKING[1:10]:
            slow.sendall(bytes([byte]))
            assert said(port, ASKING) == GOOD
        stopped = threading.Event()

        def drip() -> None:
            while not stopped.wait(DEADLINE_S / 10):  # each byte well within the deadline
                try:
                    slow.sendall(b"x")
                except OSError:
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert is_ended(slow)
        finally:
            stopped.set()
            dripping.join()


@pytest.mark.parametrize("beginning", [b"", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_fifty_that_never_finish_keep_nobody_waiting(beginning: bytes) -> None:
    with serving() as port, ExitStack() as stack:
        for _ in range(50):
            client = stack.enter_context(connected(port))
            client.sendall(beginning)
            assert said(port, ASKING) == GOOD


def test_so_many_at_once_and_the_oldest_makes_room() -> None:
    with serving() as port, ExitStack() as stack:
        oldest = stack.enter_context(connected(port))
        others = [stack.enter_context(connected(port)) for _ in range(MAX_CONNECTIONS)]
        assert is_ended(oldest)
        others[-1].sendall(ASKING)
        assert everything(others[-1]) == GOOD


def test_whoever_does_not_read_the_answer_is_left() -> None:
    with serving() as port, connected(port) as deaf:
        deaf.sendall(ASKING.replace(b"/metrics", b"/large"))
        assert said(port, ASKING) == GOOD
        # It says nothing and reads nothing until the server has reset the connection.
        wait_for(lambda: deaf.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0, "the server to leave", 60)


def test_headers_without_end_are_refused() -> None:
    with serving() as port:
        for request in (ASKING[:-2] + b"X: " + b"x" * MAX_HEAD_BYTES + b"\r\n\r\n", b"x" * 2 * MAX_HEAD_BYTES):
            assert said(port, request).startswith(b"HTTP/1.1 431 ")
        assert said(port, ASKING) == GOOD


def test_of_a_pipeline_the_first_is_answered_and_the_answer_arrives() -> None:
    with serving() as port:
        assert said(port, 100 * ASKING) == GOOD
        body = b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + bytes(1_000_000)
        refusal = said(port, body)
        assert refusal.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nAllow: GET, HEAD\r\n" in refusal


def test_garbage_is_refused_or_dropped() -> None:
    with serving() as port:
        for request in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", bytes(range(256)) + b"\n\n", b"\r\n\r\n"):
            assert said(port, request).startswith(b"HTTP/1.1 400 ")
        assert said(port, ASKING.replace(b"localhost", b"evil.example")).startswith(b"HTTP/1.1 403 ")
        assert said(port, ASKING) == GOOD


def test_a_client_that_has_sent_all_it_will_send_still_gets_its_answer() -> None:
    with serving() as port, connected(port) as half, connected(port) as early, connected(port) as mute:
        half.sendall(ASKING)
        half.shutdown(socket.SHUT_WR)
        assert everything(half) == GOOD
        early.sendall(ASKING[:-2])
        early.shutdown(socket.SHUT_WR)
        assert everything(early).startswith(b"HTTP/1.1 400 ")
        mute.shutdown(socket.SHUT_WR)
        assert everything(mute) == b""


def test_a_fault_of_ours_costs_one_answer() -> None:
    with serving() as port:
        assert said(port, ASKING.replace(b"/metrics", b"/broken")) == b""
        assert said(port, ASKING) == GOOD


def test_it_looks_on_while_clients_dawdle() -> None:
    looks = Looks()
    with serving(looks) as port, connected(port) as slow:
        slow.sendall(b"GET")
        before = looks.count
        wait_for(lambda: looks.count > before + 2, "looks")
