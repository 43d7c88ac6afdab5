"""Parsing and checking the head of an HTTP request. Pure.

Only what a monitoring agent needs is understood (RFC 9112): a request line and headers, no body. The `Host` header is
checked because a web page can have its own name resolved to 127.0.0.1 (DNS rebinding) and would then read what is meant
for programs of this computer; such a page cannot choose the name in this header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MAX_HEAD_BYTES: Final = 8192
"""Request line and headers together; Prometheus and browsers send below 1 kB."""
METHODS: Final = ("GET", "HEAD")
HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
"""The accepted names of this computer, each with any port: a tunnel has a port of its own."""

_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_LINE: Final = re.compile(rf"({_NAME}) ([!-~]+) HTTP/(\d)\.(\d)")
_HEADER: Final = re.compile(rf"({_NAME}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]*\]|[^:\[\]@/]*)(?::[0-9]{0,5})?")
_END: Final = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class HttpRequest:
    """A request that was understood.

    Attributes:
        method: one of `METHODS`.
        path: without the query, `/metrics`.
        query: what stands behind the `?`; may be empty.
        headers: by their names in lower case; of one that is there twice, the last.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]


class HttpRefusal(Exception):  # noqa: N818 - an answer, not an internal error
    """A request that is not carried out.

    Attributes:
        status: code and reason, `405 Method Not Allowed`.
        allow: the value of the `Allow` header; empty for none.
    """

    def __init__(self, status: str, sentence: str, allow: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.allow = allow


def head_end(data: bytes) -> int | None:
    """The length of the head in bytes, with the empty line that ends it; None when that has not arrived.

    Raises:
        HttpRefusal: there are more than `MAX_HEAD_BYTES` of it.
    """
    found = _END.search(data)
    if len(data[: found.end() if found else None]) > MAX_HEAD_BYTES:
        raise HttpRefusal("431 Request Header Fields Too Large", f"a request has at most {MAX_HEAD_BYTES} bytes")
    return found.end() if found else None


def parse(head: bytes) -> HttpRequest:
    """Parses a whole head.

    Raises:
        HttpRefusal: it is no HTTP, names another host than this computer, or has another method.
    """
    line, *lines = head.decode("latin-1").rstrip("\r\n").replace("\r\n", "\n").split("\n")
    found = _LINE.fullmatch(line)
    if not found:
        raise HttpRefusal("400 Bad Request", "this is no HTTP request; ask for `GET /metrics HTTP/1.1`")
    method, target, major, minor = found.groups()
    if major != "1":
        raise HttpRefusal("505 HTTP Version Not Supported", "understood are HTTP/1.0 and HTTP/1.1")
    headers: dict[str, str] = {}
    hosts = []
    for text in lines:
        header = _HEADER.fullmatch(text)
        if not header:
            raise HttpRefusal("400 Bad Request", "a header is `Name: value`, on one line")
        name, value = header[1].lower(), header[2].strip()
        headers[name] = value
        if name == "host":
            hosts.append(value)
    if len(hosts) > 1 or (not hosts and minor != "0"):
        raise HttpRefusal("400 Bad Request", "a request has one `Host` header")
    path, query, authority = _split(target)
    for host in [*hosts, *authority]:
        _check_host(host)
    if method not in METHODS:
        allow = ", ".join(METHODS)
        raise HttpRefusal("405 Method Not Allowed", f"allowed are {allow}", allow)
    return HttpRequest(method, path, query, headers)


def _split(target: str) -> tuple[str, str, list[str]]:
    """Path, query, and the host that stands in the target itself, where one does (`GET http://host/path`)."""
    if target.startswith("/"):
        path, _, query = target.partition("?")
        return path, query, []
    try:
        parts = urlsplit(target)
    except ValueError:
        parts = None
    if parts is None or parts.scheme.lower() != "http":
        return target, "", []
    return parts.path, parts.query, [parts.netloc]


def _check_host(host: str) -> None:
    found = _HOST.fullmatch(host)
    if not found or found[1].lower() not in HOSTS:
        raise HttpRefusal(
            "403 Forbidden", f"this is for programs of this computer, which ask by one of the names {', '.join(HOSTS)}"
        )
