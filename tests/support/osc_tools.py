"""`oscsend` and `oscdump`, the tools that people have (Debian: liblo-tools)."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

DEADLINE_S = 20.0
_STATE = re.compile(r'^\S+ /gesturesynth/state s "(\{.*\})"$', re.MULTILINE)


def tool(name: str) -> str:
    """The path of a program."""
    found = shutil.which(name)
    assert found, f"{name} is missing: apt install liblo-tools"
    return found


def oscsend(port: int, *text: str) -> None:
    """Sends one message to this computer: address, types, values."""
    subprocess.run([tool("oscsend"), "127.0.0.1", str(port), *text], check=True, timeout=DEADLINE_S)


def free_port() -> int:
    """A UDP port that is not in use."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind(("", 0))
        return int(finder.getsockname()[1])


class OscDump:
    """`oscdump` on a port of its own. A context manager.

    Its output goes into a file: a pipe that is not read would block it, and it would lose messages.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="gs-dump-")
        self._file = Path(self._folder.name) / "printed"
        self._read = 0

    def __enter__(self) -> Self:
        with self._file.open("wb") as file:
            self._process = subprocess.Popen(
                [tool("oscdump"), "-L", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(DEADLINE_S)
        self._folder.cleanup()

    @property
    def text(self) -> str:
        """The complete lines that it has printed since `forget`."""
        with self._file.open("rb") as file:
            file.seek(self._read)
            return file.read().rpartition(b"\n")[0].decode()

    def forget(self) -> None:
        """Ignores all that was printed until now."""
        self._read = self._file.stat().st_size

    def shows(self, *message: str) -> bool:
        """Whether all these texts have been printed."""
        text = self.text
        return all(part in text for part in message)

    def states(self) -> list[dict[str, Any]]:
        """The values of all messages `/gesturesynth/state`."""
        return [json.loads(text) for text in _STATE.findall(self.text)]
