"""A thread that works while its owner is entered as a context manager."""

from __future__ import annotations

import threading
from typing import Self


class ThreadScope:
    """Runs `_run` in a thread of its own, from entering to leaving; `_end` is set when it has to return."""

    def __init__(self, name: str) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._after_end()

    def _run(self) -> None:
        raise NotImplementedError

    def _after_end(self) -> None:
        """What is left to do when the thread has returned."""
