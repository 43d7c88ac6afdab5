"""Another program as it is started with a patch of examples/, beside an OSC server that tells it of made-up bodies."""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from gesturesynth.control.osc.server import OscServer
from tests.support.bodies_for_osc import MadeReadings
from tools.example_table import FEATURES

DEADLINE_S = 60.0
STEP_S = 1 / 60
OUTPUTS = {"pitch": 440.0, "level": -12.0, "timbre": 0.0625}
VALUES = {"right_wrist.height": 0.25, "left_wrist.height": -0.5, "hands.distance": 1.5}


class ExampleProgram:
    """A program that runs, and what it prints. A context manager.

    Args:
        words: its command line; the first is the name of the program.
        package: of Debian that has it, for the sentence when it is missing.
        environment: beside that of the test.
    """

    def __init__(self, words: Sequence[str], package: str, environment: dict[str, str] | None = None) -> None:
        found = shutil.which(words[0])
        assert found, f"{words[0]} is missing: apt install {package}"
        self._words = [found, *words[1:]]
        self._environment = os.environ | (environment or {})
        self._folder = tempfile.TemporaryDirectory(prefix="gs-example-")
        self._file = Path(self._folder.name) / "printed"
        self.calls: list[str] = []

    def __enter__(self) -> Self:
        with self._file.open("wb") as file:
            self._process = subprocess.Popen(
                self._words, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT, env=self._environment
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    @property
    def printed(self) -> str:
        return self._file.read_text(encoding="utf-8", errors="replace")

    def play(self, server: OscServer, wanted: Callable[[], bool], what: str) -> None:
        """Answers and streams, as the conductor does, until something has happened."""
        end_s = time.monotonic() + DEADLINE_S
        features = np.array([VALUES[name] for name in FEATURES])
        with selectors.DefaultSelector() as selector:
            selector.register(server, selectors.EVENT_READ)
            while not wanted():
                assert self._process.poll() is None, f"the program has ended: {self.printed}"
                assert time.monotonic() < end_s, f"waited for {what}; printed was: {self.printed[-3000:]}"
                selector.select(STEP_S)
                now_s = time.monotonic()
                for one in server.poll(now_s):
                    self.calls.append(one.call.text)
                    server.answer(one, one.call.command != "undo", f"did {one.call.text}")
                seen = np.ones(len(FEATURES), np.bool_)
                readings = MadeReadings(now_s, features=features, feature_names=FEATURES, seen=seen)
                server.stream(now_s, lambda: "{}", OUTPUTS, readings)
