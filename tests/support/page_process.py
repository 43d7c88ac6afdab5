"""A real `gesturesynth page` by itself: the test plays the other processes, with real sockets."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from websockets.sync.client import ClientConnection, connect

from gesturesynth.page.address import address_file
from tests.support.waiting import wait_for


@dataclass(frozen=True)
class PageProcess:
    """A page that is served.

    Attributes:
        runtime: its runtime folder.
        port: where it listens.
        process: itself.
        log: the file of its log lines.
    """

    runtime: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def host(self) -> str:
        """The Host header of an ordinary browser."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://{self.host}/"

    def get(self, path: str = "/", headers: Mapping[str, str] | None = None) -> tuple[int, Message, bytes]:
        """A GET request of a browser: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path, headers={"Accept": "text/html, */*"} | dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, Message, bytes]:
        """A POST request of our own page: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("POST", path, body, {"Origin": self.address.rstrip("/")} | dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def live(
        self, *, origin: str | None = "", host: str = "", headers: Mapping[str, str] | None = None
    ) -> ClientConnection:
        """A WebSocket as the page's own script opens it; or with another Origin (None for none), Host or headers."""
        headers = dict(headers or {}) | ({"Host": host} if host else {})
        given = self.address.rstrip("/") if origin == "" else origin
        return connect(f"ws://{self.host}/live", origin=given, additional_headers=headers, compression=None)  # type: ignore[arg-type]

    def listener(self, headers: Mapping[str, str] | None = None) -> ClientConnection:
        """A program that listens (OSCQuery): it sends no Origin, as programs do."""
        made: ClientConnection = connect(f"ws://{self.host}/", additional_headers=headers, compression=None)
        return made


@contextmanager
def page_process(*flags: str) -> Iterator[PageProcess]:
    """Starts one, and ends it; its folders are its own.

    Args:
        flags: of `gesturesynth page`.
    """
    with tempfile.TemporaryDirectory(prefix="gs-") as home:
        folders = {f"GESTURESYNTH_{name.upper()}_DIR": f"{home}/{name}" for name in ("config", "state", "runtime")}
        runtime, log = Path(home) / "runtime", Path(home) / "log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "gesturesynth", "page", "--page-port=0", "--json", *flags],
                env=os.environ | folders,
                stderr=stream,
            )
        try:
            file = address_file(runtime)
            wait_for(lambda: file.exists() and bool(file.read_text(encoding="utf-8")), "the page to be served")
            port = int(file.read_text(encoding="utf-8").rstrip("/").rpartition(":")[2])
            yield PageProcess(runtime, port, process, log)
            assert process.poll() is None, log.read_text(encoding="utf-8")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0, log.read_text(encoding="utf-8")
