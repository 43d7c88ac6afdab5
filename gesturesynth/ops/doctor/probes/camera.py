"""The camera probe: frames of two seconds, in a process without a network that may hang or crash.

`python -m gesturesynth.ops.doctor.probes.camera JSON` opens it as the tracker does, measures how its frames
come, then how long the landmarker takes for the last of them. Frames stay in this process's memory, as in the tracker.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.search_paths import forbid_programs
from gesturesynth.ops.doctor.probes.subprocess_report import emit
from gesturesynth.tracking.cameras import camera_at
from gesturesynth.tracking.images import Image, as_rgb, rotated
from gesturesynth.tracking.live_poses import leave_network_for
from gesturesynth.tracking.network_isolation import disable_core_dumps
from gesturesynth.tracking.sources import SourceSettings, resolve
from gesturesynth.tracking.streams import StreamLost, opener

CAPTURE_S: Final = 2.0
CAPTURE_LIMIT_S: Final = 15.0
"""For opening the camera and capturing: some network cameras take long."""
KEPT_FRAMES: Final = 12
"""How many of the newest frames the landmarker is timed with."""
WARM_UP_FRAMES: Final = 2
"""The landmarker's first frames take longer than all others."""
BLANK_HEIGHT: Final = 480
BLANK_WIDTH: Final = 640


class CameraProbeRequest(msgspec.Struct, frozen=True):
    """The request for the probe.

    Attributes:
        source: as in the settings; `demo` has no images.
        width, height, fps, rotate: the format that is requested of the camera.
        capture: whether to open it.
        bundle: the model file of the landmarker; empty to leave it out.
    """

    source: str
    width: int
    height: int
    fps: float
    rotate: int
    capture: bool
    bundle: str


def main(arguments: Sequence[str]) -> int:
    """Runs the probe; the facts go to standard output as they are found."""
    forbid_programs()
    request = msgspec.json.decode(arguments[0], type=CameraProbeRequest)
    settings = SourceSettings(source=request.source, width=request.width, height=request.height, fps=request.fps)
    source = resolve(request.source, camera_at)
    emit(network=leave_network_for(source))
    disable_core_dumps()
    frames: list[Image] = []
    if request.capture and source.kind != "skeleton":
        frames = _capture_within_limit(settings)
    if request.bundle:
        _time_landmarker(Path(request.bundle), frames, request.rotate)
    return 0


def _capture_within_limit(settings: SourceSettings) -> list[Image]:
    """The newest frames; none when the source is lost, or a read never returns: then its thread is left behind."""
    frames: list[Image] = []

    def capture() -> None:
        try:
            frames.extend(_capture(settings))
        except StreamLost as lost:
            emit(lost=str(lost))

    thread = threading.Thread(target=capture, daemon=True)
    thread.start()
    thread.join(CAPTURE_LIMIT_S)
    if thread.is_alive():
        emit(stuck=True)
        return []
    return frames


def _capture(settings: SourceSettings) -> list[Image]:
    """Reads frames for `CAPTURE_S` after the first one, and returns the newest."""
    begun_s = time.monotonic()
    stream = opener(resolve(settings.source), settings, camera_at)(threading.Event())
    opened_s = time.monotonic()
    emit(name=stream.name, open_s=opened_s - begun_s)
    frames: deque[Image] = deque(maxlen=KEPT_FRAMES)
    try:
        frames.append(stream.read())
        first_s = time.monotonic()
        height, width = frames[-1].shape[:2]
        emit(first_frame_s=first_s - opened_s, width=int(width), height=int(height))
        times = [first_s]
        while times[-1] - first_s < CAPTURE_S:
            frames.append(stream.read())
            times.append(time.monotonic())
    finally:
        stream.close()
    gaps = np.diff(times)
    emit(
        frames=len(gaps),
        fps=float(len(gaps) / (times[-1] - first_s)),
        gap_ms=float(np.median(gaps) * 1000),
        gap_p99_ms=float(np.quantile(gaps, 0.99) * 1000),
        gap_longest_ms=float(gaps.max() * 1000),
    )
    return list(frames)


def _time_landmarker(bundle: Path, frames: Sequence[Image], rotate: int) -> None:
    from gesturesynth.tracking.landmarker import Landmarker  # noqa: PLC0415 - MediaPipe comes after the network has gone

    captured = bool(frames)
    if not captured:
        random = np.random.default_rng(1)
        frames = [random.integers(0, 255, (BLANK_HEIGHT, BLANK_WIDTH, 3), np.uint8) for _ in range(KEPT_FRAMES)]
    begun_s = time.monotonic()
    try:
        with Landmarker(bundle) as landmarker:
            emit(load_s=time.monotonic() - begun_s)
            took_ms: list[float] = []
            bodies = 0
            for number, frame in enumerate(frames):
                rgb = as_rgb(rotated(frame, rotate))  # type: ignore[arg-type]  # one of four, as the settings checked
                frame_begun_s = time.monotonic()
                bodies += len(landmarker.detect(rgb, number / 30))
                took_ms.append((time.monotonic() - frame_begun_s) * 1000)
    except GestureSynthError as error:
        emit(landmarker_error=str(error))
        return
    steady = took_ms[WARM_UP_FRAMES:] or took_ms
    emit(inference_ms=float(np.median(steady)), inference_longest_ms=max(steady), bodies=bodies, looked=captured)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # a thread that hangs in a driver would keep the process alive
