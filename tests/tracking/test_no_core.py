"""A crash of a process that holds images leaves none of them on the disk."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gesturesynth.pipeline import render_watch
from gesturesynth.tracking.model.download import ensure_model
from tests.support import footage
from tests.tracking.test_network_isolation import AS_ROOT, LINUX_ONLY

PATTERN = Path("/proc/sys/kernel/core_pattern")
START_S = 60.0


UNPRIVILEGED = ("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace")
"""As any user is: without root's right to read the memory of every process."""


def left_a_core(process: subprocess.Popen[bytes]) -> bool:
    """Crashes the process, and asks the kernel whether it has dumped its memory."""
    process.send_signal(signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGABRT
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status)


def can_be_read(process: subprocess.Popen[bytes]) -> bool:
    """Whether another process of the same user may read its state: as long as it is dumpable (prctl(2))."""
    command = [*UNPRIVILEGED, "cat", f"/proc/{process.pid}/io"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@LINUX_ONLY
@AS_ROOT
@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ("", True),
        ("from gesturesynth.tracking.network_isolation import disable_core_dumps; disable_core_dumps()", False),
        # As on systems that hand cores to a program, where the limit is not asked.
        (
            "import gesturesynth.tracking.network_isolation as i; resource.setrlimit = print; i.disable_core_dumps()",
            False,
        ),
    ],
    ids=["another", "ours", "ours without its limit"],
)
def test_a_process_without_core_dumps_leaves_none_and_another_does(tmp_path: Path, call: str, *, kept: bool) -> None:
    most = "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)"
    script = f"import resource, sys, time; {most}; {call or 'pass'}; print('here', flush=True); time.sleep(60)"
    command = [*UNPRIVILEGED, sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while process.stdout.readline() != b"here\n":
            assert process.poll() is None
        assert can_be_read(process) is kept
        core = left_a_core(process)
    if kept and (PATTERN.read_text().startswith("|") or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0):
        return  # nothing to compare with: a program of the system takes cores, or the limit is 0
    assert core is kept
    assert bool(list(tmp_path.iterdir())) is kept


def processes(folder: Path) -> dict[str, list[str]]:
    """The commands of all processes that read images."""
    clip = str(footage.clip("statue"))
    ours = [sys.executable, "-m", "gesturesynth"]
    request = {"source": clip, "width": 640, "height": 480, "fps": 30, "rotate": 0, "capture": True}
    return {
        "tracker": [*ours, "tracker", "--source", clip],
        "render": [*ours, "render", "--source", clip, "--out", str(folder / "x.wav")],
        "record-skeleton": [*ours, "record-skeleton", str(folder / "x.skeleton"), "--source", clip],
        "the doctor's probe of the camera": [
            *(sys.executable, "-m", "gesturesynth.ops.doctor.probes.camera"),
            json.dumps(request | {"bundle": str(ensure_model("full"))}),
        ],
    }


@LINUX_ONLY
@AS_ROOT
@pytest.mark.parametrize("name", ["tracker", "render", "record-skeleton", "the doctor's probe of the camera"])
def test_no_process_that_holds_images_can_leave_them_on_the_disk(tmp_path: Path, name: str) -> None:
    place = tmp_path / "place"
    place.mkdir()
    process = subprocess.Popen(
        [*UNPRIVILEGED, *processes(tmp_path)[name]],
        cwd=place,
        stdout=subprocess.DEVNULL,
        env=os.environ | {render_watch.PARENT: str(os.getpid())},  # the rendering itself, not its watcher
    )
    maps, until_s = Path(f"/proc/{process.pid}/maps"), time.monotonic() + START_S
    while "cv2" not in maps.read_text():  # it is about to read its first image
        assert process.poll() is None
        assert time.monotonic() < until_s, "OpenCV is not loaded"
        time.sleep(0.01)
    limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
    core = next(line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    assert not can_be_read(process)
    assert not left_a_core(process)
    assert list(place.iterdir()) == []
