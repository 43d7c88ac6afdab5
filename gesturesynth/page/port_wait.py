"""Waits for a port that another program has, while the process goes on to show that it is alive."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Final

from gesturesynth.core import log
from gesturesynth.runtime.service import Service

RETRY_S: Final = 2.0
"""Between two attempts to get a port that another program has, or to read a certificate."""
POLL_S: Final = 0.1


def wait_until_possible(
    prepare: Callable[[], socket.socket], explain: Callable[[OSError], tuple[str, str]], what: str, service: Service
) -> socket.socket | None:
    """The socket, as soon as it can be had; None when told to stop before.

    Args:
        prepare: makes it, or raises OSError.
        explain: of such an error what is waited for, and a sentence for the log.
        what: for the log: `page`.
        service: of the process.
    """
    due_s, said = 0.0, False
    while not service.stopping:
        if time.monotonic() >= due_s:
            due_s = time.monotonic() + RETRY_S
            try:
                return prepare()
            except OSError as error:
                if not said:
                    said = True
                    awaited, sentence = explain(error)
                    log.get().warning(f"{what} not served", message=sentence)
                    service.ready(f"waiting for {awaited}")
        service.heartbeat()
        time.sleep(POLL_S)
    service.notify_stopping()
    return None
