"""Builds virtual_keypad.c, controls the devices that it simulates, and starts a keypad process that looks for them.

As a program (`python -m tests.support.virtual_keypad JSON`) it runs a keypad process, or with `{"list": true}` lists
what there is; `KeypadProcess` starts and watches it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import zmq

from gesturesynth.control.command_socket import CommandServer, PendingRequest
from gesturesynth.control.keypad.devices import list_devices
from gesturesynth.control.keypad.key_names import KEY_CODES, LETTER_KEYS
from gesturesynth.control.keypad.process import KeypadSettings, run_keypad
from gesturesynth.core import log
from gesturesynth.runtime.service import Service
from tests.support.fake_keypad import FakeKeypad

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0

OF_A_KEYPAD = frozenset(code for name, code in KEY_CODES.items() if name.startswith("KP")) | {KEY_CODES["NUMLOCK"]}
OF_A_KEYBOARD = OF_A_KEYPAD | LETTER_KEYS | {KEY_CODES["SPACE"], KEY_CODES["ENTER"]}
OF_A_MOUSE = frozenset({0x110, 0x111})


def main(text: dict[str, Any]) -> int:
    """Runs a keypad process that looks for devices in `folder`."""
    folder = Path(text.pop("folder"))
    if text.pop("list", False):
        print(json.dumps(list_devices(folder)))
        return 0
    log.configure("keypad", json_lines=True)
    with Service(name="keypad") as service:
        return run_keypad(KeypadSettings(folder=folder, **text), service)


def build(folder: Path) -> Path:
    """Compiles the library into a folder."""
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("the virtual keypad needs a C compiler: on Debian and Ubuntu, install the package gcc")
    library = folder / "virtual_keypad.so"
    text = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library)]
    done = subprocess.run(
        [compiler, *text, str(Path(__file__).with_suffix(".c")), "-ldl"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the virtual keypad does not compile:\n{done.stderr}")
    return library


class VirtualKeypad(FakeKeypad):
    """One input device: a fake that has a name and keys, and can be grabbed."""

    def __init__(self, folder: Path, number: int, name: str, keys: Iterable[int], stable: str = "") -> None:
        super().__init__(folder / f"event{number}")
        self._stable = folder / "by-id" / stable if stable else None
        folder.mkdir(exist_ok=True)
        self.set_answer("name", name)
        self.set_answer("keys", " ".join(map(str, sorted(keys))))

    def plug_in(self) -> None:
        """The device appears, with its name in by-id."""
        super().plug_in()
        if self._stable:
            self._stable.parent.mkdir(exist_ok=True)
            self._stable.symlink_to(f"../{self.path.name}")

    def unplug(self) -> None:
        """The device disappears."""
        if self._stable:
            self._stable.unlink()
        super().unplug()
        self.clear_answer("taken")

    def set_answer(self, ending: str, text: str) -> None:
        """Sets an answer of the device: `name`, `keys`, `down` or `busy`."""
        self._beside(ending).write_text(text)

    def clear_answer(self, ending: str) -> None:
        """Removes an answer."""
        self._beside(ending).unlink(missing_ok=True)

    @property
    def grabbed(self) -> bool:
        """Whether a process has grabbed it."""
        return self._beside("taken").exists()

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{ending}")


class KeypadProcess:
    """A real keypad process, and in place of the conductor a real command server. A context manager."""

    def __init__(self, folder: Path, library: Path, **words: object) -> None:
        self._stderr_file = folder.parent / "words"
        self._context: zmq.Context[Any] = zmq.Context()
        self.command_server: CommandServer | None = CommandServer(self._context)
        self.received: list[str] = []
        with self._stderr_file.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.virtual_keypad", json.dumps({"folder": str(folder)} | words)],
                cwd=ROOT,
                env=os.environ | {"LD_PRELOAD": str(library)},
                stderr=out,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close_server()
        self._context.destroy(linger=0)

    def close_server(self) -> None:
        """Closes the command server, as if the conductor had ended."""
        if self.command_server:
            self.command_server.close()
            self.command_server = None

    def stderr_text(self) -> str:
        """Its log so far."""
        return self._stderr_file.read_text(errors="replace")

    def until_logged(self, text: str, times: int = 1) -> None:
        """Waits for a text in its log."""
        self.until(lambda: self.stderr_text().count(text) >= times, f"the text '{text}'")

    def until_received(self, *text: str) -> None:
        """Waits for exactly these commands, in this order, and clears `received`."""
        self.until(lambda: len(self.received) >= len(text), f"the commands {text}, got {self.received}")
        assert self.received == list(text)
        self.received.clear()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits for the condition, and answers requests meanwhile."""
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end_s, f"waited for: {what}; {self.stderr_text()}"
            assert self.process.poll() is None or condition(), f"it ended; waited for: {what}; {self.stderr_text()}"
            self._answer(self.command_server.poll() if self.command_server else [])
            time.sleep(0.01)

    def _answer(self, requests: list[PendingRequest]) -> None:
        for one in requests:
            assert one.call is not None
            assert one.call.sender == "keypad"
            self.received.append(one.call.text)
            assert self.command_server is not None
            self.command_server.answer(one, True, "done", "{}")


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
