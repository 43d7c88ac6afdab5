"""Heads of HTTP requests: what is accepted, and what is refused with which status."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.monitoring.http_request import MAX_HEAD_BYTES, HttpRefusal, HttpRequest, head_end, parse


def status(head: bytes) -> str:
    with pytest.raises(HttpRefusal) as refused:
        parse(head)
    return refused.value.status[:3]


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9464\r\n\r\n", ("GET", "/metrics", "")),
        (b"HEAD /health HTTP/1.1\r\nhost: LocalHost\r\n\r\n", ("HEAD", "/health", "")),
        (b"GET /metrics?name[]=x HTTP/1.1\nHost: [::1]:1\n\n", ("GET", "/metrics", "name[]=x")),
        (b"GET /metrics HTTP/1.0\r\n\r\n", ("GET", "/metrics", "")),
        (b"GET http://localhost:9464/health?a HTTP/1.1\r\nHost: localhost\r\n\r\n", ("GET", "/health", "a")),
    ],
)
def test_requests_of_monitoring_programs_are_accepted(head: bytes, wanted: tuple[str, str, str]) -> None:
    request = parse(head)
    assert (request.method, request.path, request.query) == wanted


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:9464",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1:80:90",
        "127.0.0.2",
        "0.0.0.0",  # noqa: S104 - a name to be refused
        "::1",
        "[::1].evil.example",
        "2130706433",
        "",
    ],
)
def test_only_names_of_this_computer_are_accepted(host: str) -> None:
    assert status(f"GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()) == "403"
    assert status(f"GET /metrics HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()) == "403"


def test_a_host_in_the_target_is_checked_too() -> None:
    assert status(b"GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n") == "403"


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"GET /metrics HTTP/1.1\r\n\r\n", "400"),
        (b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", "400"),
        (b"GET /metrics HTTP/1.1\r\nHost : localhost\r\n\r\n", "400"),
        (b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", "400"),
        (b"GET  /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        (b"GET /metrics\r\n\r\n", "400"),
        (b"\x16\x03\x01\x02\r\n\r\n", "400"),
        (b"GET /metrics HTTP/2.0\r\nHost: localhost\r\n\r\n", "505"),
        (b"POST /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
        (b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
        (b"get /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
    ],
)
def test_other_requests_are_refused(head: bytes, wanted: str) -> None:
    assert status(head) == wanted


def test_a_refused_method_names_those_that_are_allowed() -> None:
    with pytest.raises(HttpRefusal) as refused:
        parse(b"DELETE /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert refused.value.allow == "GET, HEAD"


def test_a_head_ends_at_its_empty_line_and_is_bounded() -> None:
    assert head_end(b"GET / HTTP/1.0\r\n\r\nGET /") == 18
    assert head_end(b"GET / HTTP/1.0\r\n") is None
    with pytest.raises(HttpRefusal):
        head_end(b"x" * (MAX_HEAD_BYTES + 1))
    with pytest.raises(HttpRefusal):
        head_end(b"x" * MAX_HEAD_BYTES + b"\r\n\r\n")


http_like = st.text(st.sampled_from("GET /:HTTP1.0\r\nhostlca[]@%?#\x00\xe4"), max_size=80)


@given(st.one_of(st.binary(max_size=100), http_like.map(lambda text: text.encode("latin-1"))))
def test_no_bytes_raise_anything_but_a_refusal(head: bytes) -> None:
    with suppress(HttpRefusal):
        assert isinstance(parse(head), HttpRequest)
