"""One request, at real servers on this computer: what is sent, and what a bad server can do."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

import pytest

from gesturesynth.actions.http.addresses import web_address
from gesturesynth.actions.http.request import MOST_ANSWER, WebRequest, send_request

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@contextmanager
def server(answer: Callable[[socket.socket], object]) -> Iterator[tuple[int, list[bytes]]]:
    """A server that reads one request and then does what it is told; its port, and what it has read."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    got.append(connection.recv(65536))
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], got
    thread.join(5)
    assert not thread.is_alive()


def asked(
    port: int, method: Literal["GET", "POST"] = "GET", body: bytes = b"", scheme: str = "http", limit_s: float = 5.0
) -> str:
    address = web_address(f"{scheme}://127.0.0.1:{port}/lamp?on=1")
    return send_request(WebRequest("lamp", address, method, body, "application/json", 0.0), (), limit_s=limit_s)


def test_a_get_is_sent_as_it_should_be() -> None:
    with server(lambda connection: connection.sendall(OK)) as (port, got):
        assert asked(port) == ""
    assert got == [
        f"GET /lamp?on=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: gesturesynth\r\nAccept: */*\r\n"
        "Connection: close\r\n\r\n".encode()
    ]


def test_a_post_has_its_body_and_the_length_of_it() -> None:
    with server(lambda connection: connection.sendall(OK)) as (port, got):
        assert asked(port, "POST", '{"a": "ü"}'.encode()) == ""
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert b"Content-Type: application/json\r\nContent-Length: 11" in head
    assert body == b'{"a": "\xc3\xbc"}'


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "that is not followed"),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "status 500"),
        (b"SSH-2.0-OpenSSH\r\n", "does not answer as a web server does"),
        (b"", "has ended the connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\n" + 300 * b"X: y\r\n", "web server"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "web server"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + 40 * MOST_ANSWER * b"x", ""),
    ],
)
def test_whatever_a_server_answers_is_a_sentence_or_all_is_well(octets: bytes, words: str) -> None:
    def answer(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(octets)

    with server(answer) as (port, _):
        failure = asked(port)
    assert words in failure
    assert bool(failure) == bool(words)


def test_a_server_that_answers_byte_by_byte_does_not_hold_a_request_for_longer_than_its_limit() -> None:
    stopped = threading.Event()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            while not stopped.wait(0.02):
                connection.sendall(b"H")

    with server(drip) as (port, _):
        assert "took longer than 0.2 s" in asked(port, limit_s=0.2)
        stopped.set()


def test_a_length_below_zero_does_not_have_everything_received() -> None:
    taken = []

    def pour(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
            for _ in range(1000):
                connection.sendall(MOST_ANSWER * b"x")
                taken.append(MOST_ANSWER)

    with server(pour) as (port, _):
        asked(port)
    assert len(taken) < 500, "of 64 MB"


def test_where_the_first_address_of_a_host_refuses_the_next_one_is_asked() -> None:
    with server(lambda connection: connection.sendall(OK)) as (port, _):
        request = WebRequest("lamp", web_address(f"http://localhost:{port}/"), "GET", b"", "", 0.0)
        found = [ipaddress.ip_address("127.0.0.2"), ipaddress.ip_address("127.0.0.1")]
        assert send_request(request, (), resolver=lambda _: found) == ""


def test_where_nothing_listens_it_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert "cannot be reached (Connection refused)" in asked(port)


def test_a_server_without_encryption_is_no_https_server() -> None:
    with server(lambda connection: connection.sendall(OK)) as (port, _):
        assert "certificate" in asked(port, scheme="https")


def test_a_name_that_leads_to_this_computer_is_refused_without_a_connection() -> None:
    request = WebRequest("lamp", web_address("http://lamp.example.org/"), "GET", b"", "", 0.0)
    failure = send_request(request, (), resolver=lambda _: [ipaddress.ip_address("127.0.0.1")])
    assert "`actions.networks`" in failure
