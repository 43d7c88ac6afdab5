"""An installation: a machine with Gesture Synth as a system service, a camera, a sound server, and a recorder.

    with TemporaryDisk() as ground:
        install(ground)
        with TemporaryDisk(ground) as disk, Gallery(disk) as installation:
            installation.wait_until_playing()
            installation.machine.signal("gesturesynth-engine", signal.SIGKILL)

It is installed with the installer of the project; afterwards four files are changed: the settings, a piece that always
sounds, a JACK server without a sound card, and a simulated camera (a library, preloaded into the tracker alone).
Everything else is as on a real computer.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
import numpy as np
import pytest
import zmq
from numpy.typing import NDArray

from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, Pose, TrackerStatus
from tests.support import footage
from tests.support.app_process import STATUSES, MessageListener
from tests.support.posed_video import MOMENTS
from tests.support.virtual_camera import VirtualCamera
from tests.support.waiting import wait_for
from tests.system.machine import SHARED_AT, Disk, Machine
from tests.system.recording import Recording

M = TypeVar("M", bound=msgspec.Struct)

TARGET = "gesturesynth.target"
TRACKER, CONDUCTOR, ENGINE = (f"gesturesynth-{name}.service" for name in STATUSES)
PROCESSES = (TRACKER, CONDUCTOR, ENGINE)
KEYPAD = "gesturesynth-keypad.service"
PAGE = "gesturesynth-page.service"
MIDI, LIGHT, ACTIONS, ACTION_KEYS, POSE_SERVER = (
    f"gesturesynth-{name}.service" for name in ("midi", "light", "actions", "action-keys", "pose-server")
)
OPTIONAL = (MIDI, LIGHT, ACTIONS, ACTION_KEYS, POSE_SERVER)
JACKD = "gesturesynth-jackd.service"
JACK_SERVER = "gesturesynth-jack"
ENGINE_USER = "gesturesynth-engine"
INSTALLER = Path(sys.executable).with_name("gesturesynth")
INSTALLING_S = 240.0
START_S = 60.0
DEADLINE_S = 30.0

SETTINGS = """\
preset: steady
camera:
  source: {source}
audio:
  backend: jack
teaching:
  countdown: 0.2 s
  take: 1 s
  tick: 0.1 s
"""
PIECE = """\
name: {name}
about: It sounds whatever happens; the right hand is the pitch.
features: [right_wrist.height]
outputs:
  pitch: {{to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp}}
snapshots:
  1: {{pitch: 220}}
  2: {{pitch: 880}}
instruments:
  theremin: {{level: -6}}
idle: {{pitch: 330}}
master: {{fade_in: 0.1 s}}
"""
EXAMPLES = "feature:right_wrist.height,output:pitch\n-1.0,220\n0.0,440\n1.0,880\n"
JACK = 'JACK_SERVER="--realtime --realtime-priority 70"\nJACK_DRIVER="-d dummy -r 48000 -p 256 -m"\n'
"""Monitor ports (-m) are for the recorder."""

PIECES = "/etc/gesturesynth/presets"
CAMERA_AT = f"{SHARED_AT}/camera"


def piece(*, name: str = "Steady") -> str:
    """The text of the piece, which may have another name."""
    return PIECE.format(name=name)


def install(ground: Disk) -> None:
    """Puts the service on a disk, once for many machines."""
    with Machine(ground, at_home=True) as machine:
        run_installer(machine, "install", "--jack", "--no-start")
        write(machine, "/etc/gesturesynth/gesturesynth.yaml", SETTINGS.format(source=VirtualCamera.device))
        write(machine, "/etc/gesturesynth/jack.env", JACK)
        for name in ("Steady", "Other"):
            write(machine, f"{PIECES}/{name.lower()}.yaml", piece(name=name))
            write(machine, f"{PIECES}/{name.lower()}.csv", EXAMPLES)
        preload_camera(machine)


def run_installer(machine: Machine, *text: str) -> str:
    """`gesturesynth service ...` of this checkout, in a machine with a home; its output."""
    done = machine.run(str(INSTALLER), "service", *text, limit_s=INSTALLING_S)
    return done.stdout + done.stderr


def write(machine: Machine, path: str, text: str) -> None:
    """A file of the machine's, in one step, as editors save."""
    fresh = machine.root / f"{path}.new".lstrip("/")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_text(text)
    fresh.chmod(0o644)
    fresh.replace(machine.root / path.lstrip("/"))


def preload_camera(machine: Machine) -> None:
    """The tracker sees the virtual camera, from its next start on."""
    variables = {
        "LD_PRELOAD": f"{CAMERA_AT}/virtual_camera.so",
        "VIRTUAL_CAMERA_DEVICE": VirtualCamera.device,
        "VIRTUAL_CAMERA_FRAMES": f"{CAMERA_AT}/frames",
        "VIRTUAL_CAMERA_CONTROL": f"{CAMERA_AT}/control",
    }
    text = " ".join(f"{name}={value}" for name, value in variables.items())
    write(machine, f"/etc/systemd/system/{TRACKER}.d/virtual-camera.conf", f"[Service]\nEnvironment={text}\n")


def _and_back(frames: Path) -> None:
    """The film runs back to its beginning, so that nothing jumps when it goes round and round."""
    film = sorted(frames.iterdir())
    for number, frame in enumerate(reversed(film[1:-1]), start=len(film)):
        shutil.copy(frame, frames / f"{number:03}.jpg")


class Installation:
    """A machine on which Gesture Synth plays from the moment it is switched on. A context manager.

    Args:
        disk: with the service on it.
        plugged: whether the camera is there from the beginning.
        at_home: whether root's home and the checkout are visible, as for an installation.

    Attributes:
        machine: the computer.
        camera: its camera.
        switched_on_s: when it was, monotonic.
        piece_before: the text of a piece before a test made it invalid.
    """

    def __init__(self, disk: Disk, *, plugged: bool = True, at_home: bool = False) -> None:
        folder = disk.shared / "camera"
        if folder.is_dir():
            shutil.rmtree(folder)
        first, last = MOMENTS["low"], MOMENTS["high"]
        self.camera = VirtualCamera(folder, footage.clip("dancer"), frames=last - first + 1, skip=first)
        _and_back(folder / "frames")
        self.camera.set_state("play" if plugged else "unplug")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        shutil.copy(Path(__file__).with_name("jack_recorder.py"), disk.shared / "jack_recorder.py")
        self.machine = Machine(disk, at_home=at_home)
        self.switched_on_s = 0.0
        self.piece_before = ""
        self._recording_file = disk.shared / "heard"
        self._recorder: subprocess.Popen[bytes] | None = None
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._listeners: dict[type[msgspec.Struct], MessageListener] = {}

    def __enter__(self) -> Self:
        self.switch_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut_power()
        self._context.destroy(linger=0)

    # ----------------------------------------------------------------------------------------------------- on and off
    def switch_on(self) -> None:
        """Boots it and starts the recorder; does not wait for Gesture Synth."""
        self.switched_on_s = time.monotonic()
        self.machine.boot(settled=False)
        with self._recording_file.open("wb") as heard:
            text = (
                "runuser",
                "-u",
                ENGINE_USER,
                "--",
                "/usr/bin/python3",
                f"{SHARED_AT}/jack_recorder.py",
                JACK_SERVER,
            )
            self._recorder = self.machine.start(*text, stdout=heard)

    def cut_power(self) -> None:
        """A power cut."""
        self.machine.cut_power()
        if self._recorder:
            self._recorder.kill()
            self._recorder.wait()
            self._recorder = None
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()

    # -------------------------------------------------------------------------------------------------- what it does
    def listen(self, kind: type[msgspec.Struct]) -> MessageListener:
        """Everything of this type from the first call on."""
        if kind not in self._listeners:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("GESTURESYNTH_RUNTIME_DIR", str(self.machine.root / "run" / "gesturesynth"))
                self._listeners[kind] = MessageListener(self._context, kind)
        return self._listeners[kind]

    def until(self, kind: type[M], condition: Callable[[M], bool], what: str, deadline_s: float = DEADLINE_S) -> M:
        """The first message from now on that meets the condition."""
        found: M = self.listen(kind).wait_for(condition, what, deadline_s, self.machine.log_text)
        return found

    def wait_until_playing(self, deadline_s: float = START_S) -> None:
        """Waits until the body in the picture plays the piece, and there is sound."""
        for kind in (Pose, *STATUSES.values()):
            self.listen(kind)
        begin_s = time.monotonic()
        self.until(TrackerStatus, lambda status: status.people > 0, "a person in view", deadline_s)
        self.until(
            ConductorStatus, lambda status: bool(status.model) and status.present, "the body to play", deadline_s
        )
        self.until(EngineStatus, lambda status: bool(status.preset), "the engine to play", deadline_s)
        self.wait_for_sound(begin_s, deadline_s)

    def pids(self) -> dict[str, int]:
        """The process ids of the services, as the machine counts."""
        return {unit: self.machine.main_pid(unit) for unit in (*PROCESSES, JACKD)}

    def followed_s(self) -> NDArray[np.float64]:
        """The times of statuses with a person in view and a model; monotonic seconds."""
        messages = self.listen(ConductorStatus).fetch()
        return np.array([status.time_s for status in messages if status.present and status.model])

    def recording(self) -> Recording:
        """The recorded sound until now."""
        return Recording.read(self._recording_file)

    def wait_for_sound(self, begin_s: float, deadline_s: float = DEADLINE_S) -> float:
        """Waits for sound after a monotonic time; returns the time of the first."""
        try:
            wait_for(lambda: len(self.recording().between(begin_s).audible_s()) > 0, "sound", deadline_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.machine.log_text()}") from error
        return float(self.recording().between(begin_s).audible_s()[0])

    # ------------------------------------------------------------------------------------------------ people's hands
    def shell(self, *text: str) -> subprocess.CompletedProcess[str]:
        """`gesturesynth ARGUMENTS` in a shell of the machine, also when it fails."""
        return self.machine.run("gesturesynth", *text, check=False)

    def teach(self, snapshot: int) -> None:
        """Records a take for a snapshot, and waits until it is on the disk.

        Repeats it when no person body was found during the take: busy machines miss manyframes.
        """
        self.run_command("select", str(snapshot))
        wait_for(lambda: self.shell("record", "--wait").returncode == 0, "a take with a person in it", START_S)
        self.shell("stop")  # the sound of the snapshot, if that is still held

    def run_command(self, *text: str) -> None:
        """`gesturesynth ARGUMENTS` in a shell of the machine, which must succeed."""
        requested = self.shell(*text)
        assert requested.returncode == 0, f"{text}: {requested.stdout}{requested.stderr}"

    def takes(self, piece: str = "steady") -> list[dict[str, Any]]:
        """What has been taught, as `gesturesynth examples` sees it on the disk."""
        text = ("gesturesynth", "examples", "list", "--preset", piece, "--json")
        listed = self.machine.run(*text, user="gesturesynth")
        takes: list[dict[str, Any]] = json.loads(listed.stdout)
        return takes
