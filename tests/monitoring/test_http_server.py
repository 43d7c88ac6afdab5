"""The HTTP server with clients that are slow, endless, many, or send no HTTP. Real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from gesturesynth.monitoring.http_request import MAX_HEAD_BYTES, HttpRequest
from gesturesynth.monitoring.http_server import DEADLINE_S, MAX_CONNECTIONS, HttpAnswer, HttpServer, text_answer
from tests.support.jack_server import wait_for

REQUEST = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 5\r\nConnection: close\r\n\r\nwell\n"
)
LARGE = 32 * 1024 * 1024
"""More than the system keeps for a client that does not read."""


class TickCounter:
    """Counts the ticks between requests."""

    count = 0

    def tick(self) -> None:
        self.count += 1


def answer(request: HttpRequest) -> HttpAnswer:
    if request.path == "/large":
        return HttpAnswer("200 OK", (), bytes(LARGE))
    if request.path == "/broken":
        raise ZeroDivisionError
    return text_answer("200 OK", "well")


@contextmanager
def serving(ticks: TickCounter | None = None) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = HttpServer(listening, answer, (ticks or TickCounter()).tick, 0.02)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield port
    finally:
        server.stop()
        thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def read_all(client: socket.socket) -> bytes:
    data = b""
    while more := client.recv(65536):
        data += more
    return data


def is_ended(client: socket.socket) -> bool:
    """Waits until the server ends a connection without an answer."""
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def response_to(port: int, request: bytes) -> bytes:
    """All that comes back; the client sends nothing more, and lets the server end the connection."""
    with connected(port) as client:
        client.sendall(request)
        return read_all(client)


def test_a_request_is_answered_and_the_connection_ends() -> None:
    with serving() as port:
        assert response_to(port, REQUEST) == ANSWER
        assert response_to(port, REQUEST.replace(b"GET", b"HEAD")) == ANSWER.removesuffix(b"well\n")
        assert response_to(port, b"GET /metrics HTTP/1.0\n\n") == ANSWER


def test_a_client_of_one_byte_at_a_time_delays_no_other_and_is_closed_at_the_deadline() -> None:
    with serving() as port, connected(port) as slow:
        slow.sendall(b"G")
        for byte in REQUEST[1:10]:
            slow.sendall(bytes([byte]))
            assert response_to(port, REQUEST) == ANSWER
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
def test_fifty_requests_that_never_end_delay_no_other(beginning: bytes) -> None:
    with serving() as port, ExitStack() as stack:
        for _ in range(50):
            client = stack.enter_context(connected(port))
            client.sendall(beginning)
            assert response_to(port, REQUEST) == ANSWER


def test_above_the_limit_the_oldest_connection_is_closed() -> None:
    with serving() as port, ExitStack() as stack:
        oldest = stack.enter_context(connected(port))
        others = [stack.enter_context(connected(port)) for _ in range(MAX_CONNECTIONS)]
        assert is_ended(oldest)
        others[-1].sendall(REQUEST)
        assert read_all(others[-1]) == ANSWER


def test_a_client_that_does_not_read_its_answer_is_closed() -> None:
    with serving() as port, connected(port) as client:
        client.sendall(REQUEST.replace(b"/metrics", b"/large"))
        assert response_to(port, REQUEST) == ANSWER
        # The client sends and reads nothing until the server has reset the connection.
        wait_for(lambda: client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0, "the server to close", 60)


def test_headers_without_end_are_refused() -> None:
    with serving() as port:
        for request in (REQUEST[:-2] + b"X: " + b"x" * MAX_HEAD_BYTES + b"\r\n\r\n", b"x" * 2 * MAX_HEAD_BYTES):
            assert response_to(port, request).startswith(b"HTTP/1.1 431 ")
        assert response_to(port, REQUEST) == ANSWER


def test_of_a_pipeline_the_first_is_answered_and_the_answer_arrives() -> None:
    with serving() as port:
        assert response_to(port, 100 * REQUEST) == ANSWER
        body = b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + bytes(1_000_000)
        refusal = response_to(port, body)
        assert refusal.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nAllow: GET, HEAD\r\n" in refusal


def test_garbage_is_refused_or_dropped() -> None:
    with serving() as port:
        for request in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", bytes(range(256)) + b"\n\n", b"\r\n\r\n"):
            assert response_to(port, request).startswith(b"HTTP/1.1 400 ")
        assert response_to(port, REQUEST.replace(b"localhost", b"evil.example")).startswith(b"HTTP/1.1 403 ")
        assert response_to(port, REQUEST) == ANSWER


def test_a_client_that_has_closed_its_sending_side_gets_its_answer() -> None:
    with serving() as port, connected(port) as half, connected(port) as early, connected(port) as empty:
        half.sendall(REQUEST)
        half.shutdown(socket.SHUT_WR)
        assert read_all(half) == ANSWER
        early.sendall(REQUEST[:-2])
        early.shutdown(socket.SHUT_WR)
        assert read_all(early).startswith(b"HTTP/1.1 400 ")
        empty.shutdown(socket.SHUT_WR)
        assert read_all(empty) == b""


def test_an_internal_error_costs_one_answer() -> None:
    with serving() as port:
        assert response_to(port, REQUEST.replace(b"/metrics", b"/broken")) == b""
        assert response_to(port, REQUEST) == ANSWER


def test_it_ticks_while_clients_are_slow() -> None:
    ticks = TickCounter()
    with serving(ticks) as port, connected(port) as slow:
        slow.sendall(b"GET")
        before = ticks.count
        wait_for(lambda: ticks.count > before + 2, "ticks")
