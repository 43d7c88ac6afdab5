"""Builds virtual_keypad.c, and steers devices that answer as it says; and the keypad process, looking for them.

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
    """One input device: a fake that has a name and keys, and can be taken."""

    def __init__(self, folder: Path, number: int, name: str, keys: Iterable[int], stable: str = "") -> None:
        super().__init__(folder / f"event{number}")
        self._stable = folder / "by-id" / stable if stable else None
        folder.mkdir(exist_ok=True)
        self.say("name", name)
        self.say("keys", " ".join(map(str, sorted(keys))))

    def plug_in(self) -> None:
        """There it is, with its name in by-id."""
        super().plug_in()
        if self._stable:
            self._stable.parent.mkdir(exist_ok=True)
            self._stable.symlink_to(f"../{self.path.name}")

    def unplug(self) -> None:
        """It is gone."""
        if self._stable:
            self._stable.unlink()
        super().unplug()
        self.unsay("taken")

    def say(self, ending: str, text: str) -> None:
        """What it answers: `name`, `keys`, `down` or `busy`."""
        self._beside(ending).write_text(text)

    def unsay(self, ending: str) -> None:
        """It is no longer so."""
        self._beside(ending).unlink(missing_ok=True)

    @property
    def taken(self) -> bool:
        """Somebody has taken it."""
        return self._beside("taken").exists()

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{ending}")


class KeypadProcess:
    """A real keypad process, and in the conductor's place the real end of its wire. A context manager."""

    def __init__(self, folder: Path, library: Path, **words: object) -> None:
        self._words = folder.parent / "words"
        self._context: zmq.Context[Any] = zmq.Context()
        self.wire: CommandServer | None = CommandServer(self._context)
        self.asked: list[str] = []
        with self._words.open("wb") as out:
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
        self.silence()
        self._context.destroy(linger=0)

    def silence(self) -> None:
        """The conductor is not there any more."""
        if self.wire:
            self.wire.close()
            self.wire = None

    def words(self) -> str:
        """Its log so far."""
        return self._words.read_text(errors="replace")

    def until_said(self, text: str, times: int = 1) -> None:
        """Waits for words in its log."""
        self.until(lambda: self.words().count(text) >= times, f"the words '{text}'")

    def until_asked(self, *text: str) -> None:
        """Waits for commands, in this order and with nothing else among them, and forgets them."""
        self.until(lambda: len(self.asked) >= len(text), f"the commands {text}, got {self.asked}")
        assert self.asked == list(text)
        self.asked.clear()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits, and answers meanwhile."""
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end_s, f"waited for: {what}; {self.words()}"
            assert self.process.poll() is None or condition(), f"it ended; waited for: {what}; {self.words()}"
            self._answer(self.wire.poll() if self.wire else [])
            time.sleep(0.01)

    def _answer(self, requests: list[PendingRequest]) -> None:
        for one in requests:
            assert one.call is not None
            assert one.call.sender == "keypad"
            self.asked.append(one.call.text)
            assert self.wire is not None
            self.wire.answer(one, True, "done", "{}")


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
