"""Checks of the camera, of the time that the landmarker takes, and of the network isolation of the tracker."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gesturesynth.config.settings.settings import CameraSection
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn
from gesturesynth.ops.doctor.probes import subprocess_report
from gesturesynth.ops.doctor.probes.camera import CAPTURE_S, CameraProbeRequest
from gesturesynth.runtime.messages import TrackerStatus
from gesturesynth.tracking import userns_limits
from gesturesynth.tracking.cameras import Camera, list_cameras
from gesturesynth.tracking.live_poses import NO_CAMERA, NO_CAMERA_NO_MODEL, leave_network_for
from gesturesynth.tracking.model import download
from gesturesynth.tracking.sources import Source, needs_landmarker, resolve

LIMIT_S: Final = CAPTURE_S + 30.0
"""Opening takes a moment, MediaPipe a second, and both many more on a slow computer."""
ENOUGH_OF_RATE: Final = 0.8
"""The part of the requested frame rate that is enough."""
MIN_FPS: Final = 10.0
"""Below this a gesture comes in steps."""
UNEVEN_RATIO: Final = 2.5
"""Times the median gap between frames: what a gap of one frame lost looks like."""
FRESH_S: Final = 3.0
GROUP_ADVICE: Final = (
    "Let this user have cameras: sudo usermod -aG video $USER, then log in again. (The system service needs no more "
    "than its unit: start it, and its own figures count.)"
)


@dataclass(frozen=True)
class CameraFacts:
    """The configured source, and the cameras that there are.

    Attributes:
        source: that the settings name.
        cameras: of this computer.
        forbidden: device files that this user must not open.
    """

    source: Source
    cameras: Sequence[Camera]
    forbidden: Sequence[str]


def check_camera(examination: Examination) -> Finding:
    """The camera that is configured: rate and evenness of its frames. The light of the camera may go on."""
    if examination.tracker:
        return judge_tracker(examination.tracker, examination.settings.camera)
    try:
        facts = _camera_facts(examination)
    except UserError as error:
        return fail(str(error), "Correct `camera.source` in gesturesynth.yaml (or --source).")
    listed = judge_cameras(facts)
    if facts.source.kind == "skeleton" or listed.grade == "fail":
        return listed
    if examination.quick:
        return combine([listed, good(f"{facts.source.name} was not opened (--quick)")])
    report = _probe(examination)
    frames = judge_frames(report.facts, report.ended, examination.settings.camera)
    return combine([frames, listed]) if len(facts.cameras) > 1 else frames


def check_inference(examination: Examination) -> Finding:
    """How long the landmarker takes to find a body in a frame."""
    if examination.tracker and examination.tracker.state == "live":
        if not examination.tracker.inference_ms:
            return good("the source that plays has no images")
        return judge_inference(
            {"inference_ms": examination.tracker.inference_ms, "bodies": examination.tracker.people, "looked": True},
            "",
            examination.settings.camera.fps,
        )
    try:
        needed = needs_landmarker(resolve(examination.settings.camera.source))
        _, state = download.state(examination.settings.model)
    except UserError:
        return warn("not tried", "Correct the source and the model first.")
    if state != "whole":
        return warn("not tried", "There is no whole pose model: see there.") if needed else good("not needed")
    if examination.quick:
        return good("not tried (--quick)")
    report = _probe(examination)
    return judge_inference(report.facts, report.ended, examination.settings.camera.fps, report.stderr_text)


def check_privacy(examination: Examination) -> Finding:
    """Whether the process that sees people can be kept off the network."""
    if examination.tracker:
        return judge_network(examination.tracker.network, examination.tracker.network_advice)
    with suppress(UserError):  # the check of the camera reports it
        source = resolve(examination.settings.camera.source)
        if source.kind == "url":
            return judge_network(leave_network_for(source), "")
    report = subprocess_report.run_probe("gesturesynth.ops.doctor.probes.network", [], LIMIT_S)
    text = report.facts.get("network", f"the attempt to leave the network {report.ended}")
    return judge_network(text, report.facts.get("advice", userns_limits.ELSEWHERE))


def _camera_facts(examination: Examination) -> CameraFacts:
    source = resolve(examination.settings.camera.source)
    cameras = list_cameras() if sys.platform == "linux" or not examination.quick else []
    devices = [camera.path for camera in cameras if camera.path]
    if source.kind == "camera" and source.address.startswith("/dev/"):
        devices.append(source.address)
    forbidden = [path for path in devices if Path(path).exists() and not os.access(path, os.R_OK | os.W_OK)]
    return CameraFacts(source, cameras, sorted(set(forbidden)))


def _probe(examination: Examination) -> subprocess_report.ProbeReport:
    """One run of the camera probe, for the checks `camera` and `inference`."""
    camera = examination.settings.camera
    try:
        bundle, state = download.state(examination.settings.model)
    except UserError:
        bundle, state = Path(), "missing"
    request = CameraProbeRequest(
        camera.source,
        camera.width,
        camera.height,
        camera.fps,
        camera.rotate,
        capture=True,
        bundle=str(bundle) if state == "whole" else "",
    )
    text = packed(JSON, request).decode()
    if text not in examination.reports:
        examination.reports[text] = subprocess_report.run_probe(
            "gesturesynth.ops.doctor.probes.camera", [text], LIMIT_S
        )
    return examination.reports[text]


# ----------------------------------------------------------------------------------------------------------- judgements
def judge_cameras(facts: CameraFacts) -> Finding:
    """Whether there is a camera that this user may open."""
    source, names = facts.source, [camera.name for camera in facts.cameras]
    if source.fallback:
        return warn(
            "there is no camera, so the demo performer plays",
            "Plug one in (it takes over by itself), or see whether the kernel knows it: ls -l /dev/video*",
        )
    if source.kind == "skeleton":
        return good(f"{source.name}, as asked for" + (f"; there is {', '.join(names)}" if names else ""))
    if source.kind == "camera":
        if source.address in facts.forbidden or (facts.forbidden and source.address.isdigit()):
            return fail(f"{', '.join(facts.forbidden)} is not for this user to open", GROUP_ADVICE)
        missing = source.address.startswith("/dev/") and not os.path.exists(source.address)  # noqa: PTH110 - a device
        text = f"{len(names)} camera{'s' * (len(names) != 1)}" + (f": {', '.join(names)}" if names else "")
        return good(f"{source.address} is no file (yet); {text}" if missing else text)
    return good(source.name)


def judge_frames(facts: Mapping[str, Any], ended: str, wanted: CameraSection) -> Finding:
    """Rate and evenness of the frames of a source, from the facts of the probe."""
    name = facts.get("name", "the camera")
    if "lost" in facts:
        return fail(facts["lost"], "Check its plug; end other programs that use it; `gesturesynth cameras` lists all.")
    if "stuck" in facts:
        ended = "never returned"
    if "fps" not in facts:
        if not ended:
            return fail(f"{name} could not be looked at", "Try again; if it stays so, report it.")
        return fail(
            f"looking through {name} {ended}", "Unplug it and plug it in again; try another socket, cable or camera."
        )
    found = (
        f"{name}: {facts['width']}x{facts['height']}, {facts['fps']:.1f} fps, a frame every {facts['gap_ms']:.0f} ms "
        f"(p99 {facts['gap_p99_ms']:.0f}, longest {facts['gap_longest_ms']:.0f}), the first after "
        f"{facts['open_s'] + facts['first_frame_s']:.1f} s"
    )
    size = (wanted.width, wanted.height)
    if (facts["width"], facts["height"]) != size:
        found += f"; asked for {size[0]}x{size[1]}"
    return combine([good(found), *_rate(facts["fps"], wanted.fps), *_evenness(facts)])


def _rate(fps: float, wanted: float) -> list[Finding]:
    if fps >= ENOUGH_OF_RATE * wanted:
        return []
    light = "More light (in the dark webcams halve their rate), a USB socket of its own, or a smaller picture."
    if fps < MIN_FPS <= wanted:
        return [fail(f"only {fps:.1f} of {wanted:g} frames a second", light)]
    return [warn(f"{fps:.1f} of {wanted:g} frames a second", light)]


def _evenness(facts: Mapping[str, Any]) -> list[Finding]:
    if facts["gap_p99_ms"] <= UNEVEN_RATIO * facts["gap_ms"]:
        return []
    return [
        warn(
            "its frames come unevenly",
            "Unevenness is heard more than lateness: end what keeps the computer busy, or plug the camera in directly.",
        )
    ]


def judge_tracker(status: TrackerStatus, wanted: CameraSection) -> Finding:
    """The camera is in use by the tracker that runs, so its status is judged."""
    if status.state != "live":
        return fail(
            f"the tracker that runs has no frames ({status.source}): {status.detail or status.state}",
            "Check the camera's plug; the tracker opens it again by itself.",
        )
    found = good(
        f"in use by the tracker that runs: {status.source}, {status.fps:.1f} fps, newest frame "
        f"{status.frame_age_s * 1000:.0f} ms old" + (f"; {status.detail}" if status.detail else "")
    )
    if status.detail in (NO_CAMERA, NO_CAMERA_NO_MODEL):
        return warn(found.found, "Plug a camera in: it takes over by itself.")
    if status.frame_age_s > FRESH_S:
        return combine([found, fail("its frames are old", "Check the camera's plug.")])
    if status.view.text:
        what, _, advice = status.view.text.partition(": ")
        found = combine([found, warn(what, advice.capitalize())])
    return combine([found, *(_rate(status.fps, wanted.fps) if status.inference_ms else [])])


def judge_inference(facts: Mapping[str, Any], ended: str, fps: float, text: str = "") -> Finding:
    """Whether the landmarker keeps up with the camera."""
    if "landmarker_error" in facts:
        return fail(facts["landmarker_error"], "See the libraries and the pose model.")
    if "inference_ms" not in facts:
        how = ended or f"came to nothing ({subprocess_report.last_line(text)})"
        return fail(f"finding a body {how}", "See the libraries; if they are in order, report it.")
    took_ms = facts["inference_ms"]
    if facts["bodies"]:
        scene = "with a person in view"
    else:
        scene = "with no person in view" if facts["looked"] else "on blank frames"
    found = f"{took_ms:.0f} ms a frame, {scene}"
    if took_ms > 1000 / MIN_FPS:
        return fail(
            found, "This computer is too slow for the model: use a faster one, or Google's lite bundle (--model)."
        )
    if took_ms > 1000 / fps:
        return warn(
            f"{found}: {1000 / took_ms:.0f} of {fps:g} frames a second",
            "End what keeps the computer busy, use Google's lite bundle (--model), or ask the camera for fewer frames.",
        )
    return good(found)


def judge_network(text: str, advice: str) -> Finding:
    """From what `leave_network` returned. Without an advice the source itself is on the network, which is allowed."""
    if text == "none":
        return good("the process that sees people has no network")
    if not advice:
        return good(text)
    return warn(f"the process that sees people can reach the network: {text}", advice)
