"""The setup of a soak: Gesture Synth as its user starts it, a JACK server, a camera with real footage, a listener."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import psutil

from gesturesynth.control.command_socket import CommandClient, Response
from gesturesynth.control.commands import COMMAND_LINE, call
from tests.soak.jack_listener import JackListener
from tests.support import footage as media
from tests.support.app_process import AppProcess
from tests.support.jack_server import JackServer
from tests.support.pieces import FREE_THEREMIN
from tests.support.virtual_camera import VirtualCamera

CLIP: Final = "dancer"
OWN: Final = "soak"
"""A preset of the user's own, beside the shipped ones: it may be broken."""
NAME: Final = "Soaked theremin"
SETTINGS: Final = "teaching: {countdown: 0 s, take: 1 s}\n"
BUFFER_FRAMES: Final = 1024
ANSWER_S: Final = 10.0


class SoakSetup:
    """Everything that runs in a soak. A context manager; its end ends all of it.

    Attributes:
        server: JACK's, with the dummy driver.
        camera: shows a dancer without end; None where the footage is missing: then the demo performer plays.
        running: `gesturesynth run`.
        listener: measures the sound.
        preset: the file of the user's own preset.
        temporary: the folder for temporary files of all processes.
        osc_port: where it listens.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gs-soak-")))
            self.server = stack.enter_context(JackServer(buffer_frames=BUFFER_FRAMES, synchronous=False))
            self.temporary = home / "tmp"
            self.temporary.mkdir()
            self.camera = VirtualCamera(home / "camera", clip, frames=120) if (clip := footage()) else None
            self.osc_port = free_port()
            seen = self.camera.environment if self.camera else {}
            self.running = AppProcess(
                *("--source", VirtualCamera.device if self.camera else "demo"),
                *("--audio", "jack", "--preset", OWN, "--osc-port", str(self.osc_port)),
                environment=self.server.environment | seen | {"TMPDIR": str(self.temporary)},
                home=home / "run",
            )
            self.preset = self._write_config(home / "run" / "config")
            stack.enter_context(self.running)
            self.running.wait_until_playing()
            self.listener = JackListener(self.server, home / "heard")
            stack.callback(self.listener.close)
            self.command_client = stack.enter_context(CommandClient(folder=self.running.runtime))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @staticmethod
    def _write_config(config: Path) -> Path:
        """The settings of the machine, and a preset of the user's own."""
        presets = config / "presets"
        presets.mkdir(parents=True)
        (config / "gesturesynth.yaml").write_text(SETTINGS)
        shutil.copy(FREE_THEREMIN.with_suffix(".csv"), presets / f"{OWN}.csv")
        own = presets / f"{OWN}.yaml"
        own.write_text(FREE_THEREMIN.read_text().replace("name: Air theremin", f"name: {NAME}"))
        return own

    def request(self, command: str = "", *values: object) -> Response:
        """Gives a command as a shell would, or asks for the state.

        Raises:
            NothingRunning: no conductor answers.
        """
        return self.command_client.ask(call(command, values, COMMAND_LINE) if command else None, ANSWER_S)

    def processes(self) -> dict[int, tuple[str, psutil.Process]]:
        """All its processes by their number: which one each is (`trainer`, `other` and `dead` among them)."""
        found: dict[int, tuple[str, psutil.Process]] = {}
        assert self.running.process is not None
        try:
            top = psutil.Process(self.running.process.pid)
            members = [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return found
        for member in members:
            self.running.known_processes[member.pid] = member
            found[member.pid] = ("supervisor" if member is top else process_kind(member), member)
        return found


def process_kind(process: psutil.Process) -> str:
    """Which of our processes it is, by its command line."""
    try:
        text = process.cmdline()
    except psutil.Error:
        return "dead"
    if not text:
        return "dead"
    if "gesturesynth.pipeline.trainer" in text:
        return "trainer"
    return text[3] if text[1:3] == ["-m", "gesturesynth"] and len(text) > 3 else "other"


def footage() -> Path | None:
    """The clip that the camera shows, if it is there."""
    path = media.folder() / media.CLIPS[CLIP]
    return path if path.is_file() else None


def free_port() -> int:
    """A UDP port that is not in use."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def entries(folder: Path, pattern: str = "*") -> int:
    """How many files and folders are in a folder, at any depth."""
    return sum(1 for _ in folder.rglob(pattern)) if folder.is_dir() else 0


def size_mb(folder: Path) -> float:
    """The size of all files of a folder, 1e6 bytes."""
    total = 0
    for where, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(where) / name).stat().st_size
            except FileNotFoundError:  # SQLite's journals come and go
                continue
    return total / 1e6
