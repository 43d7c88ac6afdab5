"""The judgements of the doctor's checks, in a table. With real devices: tests/cli/test_doctor.py."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as with_fields

from gesturesynth.cli.doctor import adopt_service
from gesturesynth.config.settings.audio import AudioSection
from gesturesynth.config.settings.settings import CameraSection, Settings
from gesturesynth.core.json_lines import parse_json_lines
from gesturesynth.monitoring.health import Process, assess
from gesturesynth.ops.doctor import registry
from gesturesynth.ops.doctor.checks import camera, computer, files, keypad, keys, service, software, sound
from gesturesynth.ops.doctor.finding import Check, Examination, Finding, Grade, combine, fail, good, warn
from gesturesynth.ops.doctor.probes.subprocess_report import ProbeReport
from gesturesynth.ops.install.layout import TARGET as TARGET_UNIT
from gesturesynth.ops.install.layout import Layout
from gesturesynth.remote_poses.allowed_keys import AllowedKey
from gesturesynth.runtime.view_reading import VIEW_SENTENCES, ViewReading
from gesturesynth.tracking.cameras import Camera
from gesturesynth.tracking.live_poses import NO_CAMERA
from gesturesynth.tracking.sources import Source
from tests.support.statuses import NOW_S, conductor_status, engine_status, tracker_status

EXAMINATION = Examination(Settings(), Path("/run/nowhere"))
CAMERA_SETTINGS = CameraSection()
CAMERA_FACTS: dict[str, Any] = {
    "name": "USB Camera (/dev/video0)",
    "width": 640,
    "height": 480,
    "fps": 29.9,
    "gap_ms": 33.0,
    "gap_p99_ms": 40.0,
    "gap_longest_ms": 41.0,
    "open_s": 0.2,
    "first_frame_s": 0.3,
}
TONE: dict[str, Any] = {
    "backend": "jack",
    "device": "JACK server 'default'",
    "note": "",
    "sample_rate": 48000.0,
    "buffer_frames": 256,
    "boot_s": 0.2,
    "ratio": 1.0001,
    "xruns": 0,
    "trouble": "",
}
CAMERA = Camera(0, "/dev/v4l/by-id/usb", "/dev/video0", "USB Camera")
CAMERAS = camera.CameraFacts(Source("camera", "0", "USB Camera"), [CAMERA], [])
DEMO = Source("skeleton", "/demo.skeleton", "demo performer")
LIBRARIES = software.Libraries({"numpy": "2.4.6", "mediapipe": "1.2.2"}, [], ["opencv-contrib-python"])
PROCESSOR = computer.Processor(4, 0.5, {"schedutil"}, "acpi-cpufreq")
DATE = datetime(2027, 3, 1, 12, tzinfo=UTC)
PROCESS_LIMITS = {"Max realtime priority": 95.0, "Max locked memory": math.inf}
TARGET = service.Unit("target", loaded=True, active="active", enabled="enabled")
UNITS = [TARGET, *(service.Unit(name, loaded=True, active="active") for name in ("tracker", "conductor", "engine"))]


def judged_keys(**changes: Any) -> Finding:
    """Keys of a computer that publishes poses for one other, all in order but for the changes."""
    stage = AllowedKey("stage", b"", "2026-11-02T00:00:00Z")
    facts = keys.KeyFacts(True, True, 0o600, "2026-11-01T00:00:00Z", "", 0o600, "", (stage,))
    return keys.judge_keys(replace(facts, **changes), datetime(2026, 11, 27, tzinfo=UTC))


KEYPAD = {"name": "USB Keypad", "kind": "keypad", "device": "/dev/input/by-id/pad"}
KEYBOARD = {"name": "Keyboard", "kind": "keyboard", "device": "/dev/input/event3"}
FORBIDDEN_DEVICE = {"name": "event4", "kind": "closed to you: Permission denied", "device": "/dev/input/event4"}
HEALTHY = assess(tracker_status(), conductor_status(), engine_status(), NOW_S)
OLD_BUNDLE = Path("/cache/pose_landmarker_full.task")


def devices(*, usable: bool) -> list[computer.DeviceAccess]:
    return [computer.DeviceAccess("/dev/video0", "video", usable)]


def python(*version: int, system: str = "linux", machine: str = "x86_64", bits: int = 64) -> Finding:
    return software.judge_python(version, system, machine, bits)


def camera_finding(ended: str = "", without: Sequence[str] = (), **facts: Any) -> Finding:
    found = {name: value for name, value in (CAMERA_FACTS | facts).items() if name not in without}
    return camera.judge_frames(found, ended, CAMERA_SETTINGS)


def inference_finding(took_ms: float, **facts: Any) -> Finding:
    return camera.judge_inference({"inference_ms": took_ms, "bodies": 3, "looked": True} | facts, "", 30.0)


def tone_finding(backend: str = "jack", ended: str = "", without: Sequence[str] = (), **facts: Any) -> Finding:
    found = {name: value for name, value in (TONE | facts).items() if name not in without}
    return sound.judge_tone(found, ended, AudioSection.model_validate({"backend": backend}))


# What was found, how it is to be graded, and what is to be read in it.
JUDGED: list[tuple[Finding, Grade, str]] = [
    (python(3, 11, 7), "pass", "Python 3.11.7 on linux, x86_64, 64 bits"),
    (python(3, 13, 0, system="darwin", machine="arm64"), "pass", "darwin"),
    (python(3, 10, 9), "fail", "3.11, 3.12 or 3.13"),
    (python(3, 14, 0), "fail", "3.11, 3.12 or 3.13"),
    (python(3, 12, 0, bits=32), "fail", "64-bit"),
    (python(3, 12, 0, machine="aarch64"), "warn", "built from source"),
    (python(3, 12, 0, system="win32", machine="AMD64"), "warn", "never tried"),
    (software.judge_libraries(LIBRARIES), "pass", "2 libraries (mediapipe 1.2.2, numpy 2.4.6)"),
    (combine([good("3 libraries"), *software.judge_people(1, "")]), "pass", "3 libraries"),
    (combine([good("3 libraries"), *software.judge_people(2, "2.3.0")]), "pass", "3 libraries"),
    (combine([good("3 libraries"), *software.judge_people(2, "")]), "warn", "LiteRT is not installed"),
    (software.judge_libraries(replace(LIBRARIES, wrong=["numpy is 1.9, and x needs >=2"])), "fail", "x needs >=2"),
    (software.judge_libraries(replace(LIBRARIES, owners=["opencv-python", "opencv"])), "warn", "2 packages own OpenCV"),
    (software.judge_imports(["a"], ProbeReport({"imports": {"a": ""}})), "pass", "all can be imported"),
    (
        software.judge_imports(["a"], ProbeReport({"imports": {"a": "libEGL.so.1: no"}})),
        "fail",
        "a cannot be imported: libEGL",
    ),
    (
        software.judge_imports(["a", "b"], ProbeReport({"imports": {"a": ""}}, "was ended by SIGSEGV")),
        "fail",
        "importing b was ended by SIGSEGV",
    ),
    (software.judge_system_libraries(dict.fromkeys(software.PACKAGES, "")), "pass", "are there"),
    (
        software.judge_system_libraries(dict.fromkeys(software.PACKAGES, "") | {"libEGL.so.1": "no such file"}),
        "fail",
        "sudo apt install libegl1",
    ),
    (
        software.judge_system_libraries(dict.fromkeys(software.PACKAGES, "") | {"libjack.so.0": "no such file"}),
        "warn",
        "libjack-jackd2-0",
    ),
    (software.judge_model(OLD_BUNDLE, "whole", own=False), "pass", "402ce2b87175"),
    (software.judge_model(OLD_BUNDLE, "missing", own=False), "warn", "gesturesynth fetch-model"),
    (software.judge_model(OLD_BUNDLE, "broken", own=False), "fail", "damaged"),
    (software.judge_model(OLD_BUNDLE, "whole", own=True, parts_there=False), "pass", "those of hands and faces"),
    # Seeing
    (camera.judge_cameras(CAMERAS), "pass", "1 camera: USB Camera (/dev/video0)"),
    (camera.judge_cameras(replace(CAMERAS, forbidden=["/dev/video0"])), "fail", "usermod -aG video"),
    (camera.judge_cameras(camera.CameraFacts(replace(DEMO, fallback=True), [], [])), "warn", "there is no camera"),
    (
        camera.judge_cameras(camera.CameraFacts(DEMO, [CAMERA], [])),
        "pass",
        "demo performer, as asked for; there is USB",
    ),
    (camera_finding(), "pass", "640x480, 29.9 fps, a frame every 33 ms (p99 40, longest 41), the first after 0.5 s"),
    (camera_finding(width=1280, height=720), "pass", "1280x720, 29.9 fps"),
    (camera_finding(fps=15.0), "warn", "More light"),
    (camera_finding(fps=5.0), "fail", "only 5.0 of 30 frames a second"),
    (camera_finding(gap_p99_ms=99.0), "warn", "unevenly"),
    (camera_finding(lost="it is unplugged or hangs"), "fail", "unplugged or hangs"),
    (camera_finding(without=["fps"], stuck=True), "fail", "USB Camera (/dev/video0) never returned"),
    (camera_finding("was ended by SIGSEGV", ["fps"]), "fail", "was ended by SIGSEGV"),
    (camera_finding(without=["fps"]), "fail", "could not be looked at"),
    (inference_finding(21.0), "pass", "21 ms a frame, with a person in view"),
    (inference_finding(21.0, bodies=0), "pass", "with no person in view"),
    (inference_finding(21.0, bodies=0, looked=False), "pass", "on blank frames"),
    (inference_finding(50.0), "warn", "20 of 30 frames a second"),
    (inference_finding(150.0), "fail", "too slow"),
    (inference_finding(21.0, landmarker_error="MediaPipe refuses it"), "fail", "MediaPipe refuses it"),
    (camera.judge_inference({}, "was ended by SIGABRT", 30.0), "fail", "was ended by SIGABRT"),
    (camera.judge_inference({}, "", 30.0, "Traceback\n  x\nValueError: y"), "fail", "ValueError: y"),
    (camera.judge_tracker(tracker_status(fps=29.8), CAMERA_SETTINGS), "pass", "in use by the tracker that runs"),
    (camera.judge_tracker(tracker_status(fps=12.0, inference_ms=80.0), CAMERA_SETTINGS), "warn", "12.0 of 30 frames"),
    (camera.judge_tracker(tracker_status(detail=NO_CAMERA), CAMERA_SETTINGS), "warn", "Plug a camera in"),
    (
        camera.judge_tracker(tracker_status(view=ViewReading("dark", VIEW_SENTENCES["dark"])), CAMERA_SETTINGS),
        "warn",
        "Give more light",
    ),
    (camera.judge_tracker(tracker_status(state="waiting", detail="it is gone"), CAMERA_SETTINGS), "fail", "it is gone"),
    (camera.judge_tracker(tracker_status(frame_age_s=9.0), CAMERA_SETTINGS), "fail", "its frames are old"),
    (camera.judge_network("none", ""), "pass", "no network"),
    (camera.judge_network("the kernel says no", "Ask it nicely."), "warn", "the kernel says no"),
    (camera.judge_network("the kernel says no", "Ask it nicely."), "warn", "Ask it nicely"),
    (camera.judge_network("this process can reach the network, because its source is on it", ""), "pass", "source"),
    # Sounding
    (tone_finding(), "pass", "a tone of 2 s at -24 dBFS, 0 xruns, clock 1.0001 of real time"),
    (tone_finding(xruns=-1), "pass", "cannot be counted"),
    (tone_finding(xruns=3), "warn", "3 xruns"),
    (tone_finding(ratio=0.95), "warn", "does not keep time"),
    (tone_finding(ratio=0.5), "fail", "does not keep time"),
    (tone_finding(stands=True), "fail", "its clock stands still"),
    (tone_finding(trouble="the audio server has gone"), "fail", "the audio server has gone"),
    (sound.judge_tone(TONE | {"backend": "null", "note": "x"}, "", AudioSection()), "warn", "goes to no device"),
    (tone_finding("null", note=""), "pass", "real time"),
    (tone_finding(note="connect the ports by hand"), "warn", "connect the ports by hand"),
    (tone_finding(without=["ratio"], ended="was ended by SIGABRT"), "fail", "the tone was ended by SIGABRT"),
    (tone_finding(without=["backend"], ended="did not answer within 22 s"), "fail", "did not answer within 22 s"),
    (tone_finding(refused="there is no JACK server to play through."), "fail", "there is no JACK server"),
    (sound.judge_devices({}, AudioSection()), "warn", "neither a JACK server nor a sound device"),
    (sound.judge_devices({}, AudioSection(backend="jack")), "fail", "neither"),
    (sound.judge_devices({}, AudioSection(backend="null")), "pass", "--quick"),
    (
        sound.judge_devices({"portaudio": [{"name": "USB Audio"}]}, AudioSection(backend="portaudio")),
        "pass",
        "sound devices: USB Audio",
    ),
    (
        sound.judge_engine(engine_status()),
        "pass",
        "in use by the engine that runs: jack, system, stereo, 48000 Hz, 256 frames",
    ),
    (sound.judge_engine(engine_status(xruns=50)), "warn", "more than a gap a minute"),
    (sound.judge_engine(engine_status(unheard="there is no device")), "warn", "there is no device"),
    (sound.judge_limits(PROCESS_LIMITS, root=False, whose="here"), "pass", "up to 95"),
    (sound.judge_limits({"Max locked memory": math.inf}, root=False, whose="here"), "warn", "usermod -aG audio"),
    (sound.judge_limits(PROCESS_LIMITS | {"Max locked memory": 65536.0}, root=False, whose="here"), "warn", "0 MB"),
    (sound.judge_limits({}, root=True, whose="here"), "pass", "root needs no permission"),
    (keypad.judge_keypad([KEYPAD], "auto", needed=True), "pass", "USB Keypad (/dev/input/by-id/pad)"),
    (keypad.judge_keypad([KEYBOARD], "auto", needed=True), "warn", "there is no keypad; there is Keyboard"),
    (keypad.judge_keypad([KEYBOARD], "board", needed=True), "pass", "Keyboard (/dev/input/event3)"),
    (keypad.judge_keypad([KEYBOARD], "auto", needed=False), "pass", "none is asked for"),
    (keypad.judge_keypad([FORBIDDEN_DEVICE], "auto", needed=True), "warn", "usermod -aG input"),
    (judged_keys(), "pass", "own key of 2026-11-01, mode 0600; allowed: stage"),
    (judged_keys(own_mode=None, needed=False), "pass", "poses stay on it"),
    (judged_keys(own_mode=None), "fail", "sudo gesturesynth keys new --service"),
    (judged_keys(own_error="others may read it"), "fail", "others may read it"),
    (judged_keys(own_made="2024-01-01T00:00:00Z"), "warn", "older than 730 days"),
    (judged_keys(list_mode=0o622), "fail", "chmod 600"),
    (judged_keys(list_mode=0o644, of_service=True), "fail", "chmod 640"),
    (judged_keys(list_mode=0o640), "pass", "allowed: stage"),
    (judged_keys(list_error="line 3: no key"), "fail", "line 3"),
    (judged_keys(allowed=()), "warn", "no computer is allowed"),
    (judged_keys(allowed=(AllowedKey("old", b"", "2024-01-01T00:00:00Z"),)), "warn", "Rotation"),
    # The computer
    (computer.judge_processor(PROCESSOR, playing=False), "pass", "4 cores, load 0.5, schedutil (acpi-cpufreq)"),
    (computer.judge_processor(replace(PROCESSOR, cores=1, load=0.1), playing=False), "warn", "share one core"),
    (computer.judge_processor(replace(PROCESSOR, load=3.9), playing=False), "warn", "something else keeps it busy"),
    (computer.judge_processor(replace(PROCESSOR, load=3.9), playing=True), "pass", "load 3.9"),
    (computer.judge_processor(replace(PROCESSOR, governors={"powersave"}), playing=False), "warn", "kept slow"),
    (
        computer.judge_processor(replace(PROCESSOR, governors={"powersave"}, driver="intel_pstate"), playing=False),
        "pass",
        "powersave (intel_pstate)",
    ),
    (computer.judge_processor(replace(PROCESSOR, throttled=7), playing=False), "warn", "7 times"),
    (computer.judge_memory(8000, 4000, playing=False), "pass", "4000 of 8000 MB"),
    (computer.judge_memory(2000, 900, playing=False), "warn", "700 are needed"),
    (computer.judge_memory(2000, 300, playing=False), "fail", "and 700 are needed"),
    (computer.judge_memory(2000, 300, playing=True), "pass", "300 of 2000 MB"),
    (computer.judge_groups({"audio", "users"}, devices(usable=True), root=False), "pass", "member of audio"),
    (computer.judge_groups({"users"}, devices(usable=False), root=False), "warn", "usermod -aG video"),
    (computer.judge_groups({"root"}, [], root=True), "pass", "root"),
    (
        computer.judge_clock(DATE, "CET", "yes"),
        "pass",
        "2027-03-01T12:00:00+00:00, time zone CET, set by a time server",
    ),
    (computer.judge_clock(DATE, "CET", "unknown"), "pass", "time zone CET"),
    (computer.judge_clock(DATE, "CET", "no"), "warn", "timedatectl"),
    (computer.judge_clock(datetime(1970, 1, 1, tzinfo=UTC), "UTC", "no"), "fail", "battery"),
    # Files
    (files.judge_space(files.FolderSpace(Path("/s"), "", 5000.0, 10_000)), "pass", "/s, 5.0 GB free"),
    (files.judge_space(files.FolderSpace(Path("/s"), "", 500.0, 10_000)), "warn", "Make room"),
    (files.judge_space(files.FolderSpace(Path("/s"), "", 50.0, 10_000)), "fail", "full"),
    (files.judge_space(files.FolderSpace(Path("/s"), "", 5000.0, 3)), "fail", "full"),
    (files.judge_space(files.FolderSpace(Path("/s"), "", 5000.0, -1)), "pass", "5.0 GB"),
    (
        files.judge_space(files.FolderSpace(Path("/s"), "Read-only file system", 5000.0)),
        "fail",
        "Read-only file system",
    ),
    (
        files.judge_space(files.FolderSpace(Path("/s"), "Permission denied", 5000.0, others=True)),
        "warn",
        "sudo gesturesynth",
    ),
    (files.judge_examples([files.ExampleCount("drone", 3)], [], Path("/s")), "pass", "drone 3"),
    (files.judge_examples([], [], Path("/s")), "pass", "nothing was taught yet"),
    (
        files.judge_examples([files.ExampleCount("drone", error="page 7 is gone")], [], Path("/s")),
        "fail",
        "page 7 is gone",
    ),
    (files.judge_examples([], ["examples.damaged-1.sqlite"], Path("/s")), "warn", "set aside"),
    # What runs
    (service.judge_port("OSC", "", running=False), "pass", "OSC is free"),
    (service.judge_port("OSC", "address in use", running=True), "pass", "as it should be"),
    (service.judge_port("OSC", "address in use", running=False), "warn", "choose another port"),
    (service.judge_health(None), "pass", "nothing runs here now"),
    (service.judge_health(HEALTHY), "pass", "tracker, conductor, engine run"),
    (
        service.judge_health(assess(None, conductor_status(), engine_status(), NOW_S)),
        "fail",
        "the tracker sends no status",
    ),
    (
        service.judge_health(
            with_fields(HEALTHY, processes=HEALTHY.processes | {"engine": Process("ok", 3, 9.0, restarts=12)})
        ),
        "warn",
        "engine 12 times; last: the audio server has gone",
    ),
    (service.judge_service([service.Unit("target", loaded=False)]), "pass", "not installed"),
    (service.judge_service(UNITS), "pass", "installed, enabled, active"),
    (service.judge_service([replace(TARGET, enabled="disabled"), *UNITS[1:]]), "warn", "enable --now"),
    (service.judge_service([replace(TARGET, active="inactive"), *UNITS[1:]]), "warn", "stopped"),
    (service.judge_service([*UNITS[:-1], replace(UNITS[-1], active="failed")]), "fail", "engine (failed)"),
    (service.judge_service([*UNITS[:-1], replace(UNITS[-1], restarts=9)]), "warn", "engine 9 times"),
]


@pytest.mark.parametrize(("finding", "grade", "words"), JUDGED, ids=[words for _, _, words in JUDGED])
def test_each_judgement(finding: Finding, grade: Grade, words: str) -> None:
    assert finding.grade == grade, finding
    assert words in f"{finding.found} {finding.advice}"
    assert bool(finding.advice) == (grade != "pass"), "what is amiss comes with what to do, what is well without"


def test_several_findings_make_one() -> None:
    both = combine([good("a"), warn("b.", "do this"), fail("c", "do that"), warn("d", "do this")])
    assert both == Finding("fail", "c; b; d; a", "do that\ndo this")


# ---------------------------------------------------------------------------------------------------- the examination
def check(outcome: Callable[[Examination], Finding], name: str = "one") -> Check:
    return Check(name, "", "", outcome)


def test_every_check_runs_and_its_result_is_reported_at_once() -> None:
    reported: list[str] = []
    checks = [check(lambda _: good("a"), "first"), check(lambda _: warn(f"after {reported}", "b"), "second")]
    results = registry.examine(EXAMINATION, lambda result: reported.append(result.check), checks)
    assert reported == ["first", "second"]
    assert results[1].found == "after ['first']"
    assert registry.worst(results) == "warn"
    assert registry.worst([]) == "pass"


def test_an_error_in_a_check_is_reported_as_a_bug_and_the_other_checks_run() -> None:
    def broken(_: Examination) -> Finding:
        return good(str(1 // 0))

    results = registry.examine(EXAMINATION, lambda _: None, [check(broken), check(lambda _: good("fine"))])
    assert [result.grade for result in results] == ["fail", "pass"]
    assert "ZeroDivisionError" in results[0].found
    assert f"{Path(__file__).name}:" in results[0].found
    assert "mistake in Gesture Synth" in results[0].advice


def test_every_check_is_described_and_can_be_named() -> None:
    assert len({one.name for one in registry.CHECKS}) == len(registry.CHECKS)
    for one in registry.CHECKS:
        assert one.name.isalpha()
        assert one.about.endswith(".")
        assert one.fails_when.endswith(".")


def test_where_the_service_is_installed_it_is_what_is_examined(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    environment: dict[str, str] = {"HOME": "/home/user"}
    adopt_service(layout, environment)
    assert "GESTURESYNTH_STATE_DIR" not in environment, "there is none"
    layout.units.mkdir(parents=True)
    (layout.units / TARGET_UNIT).touch()
    named = environment | {"GESTURESYNTH_STATE_DIR": "/mine"}
    adopt_service(layout, named)
    assert "GESTURESYNTH_CONFIG_DIR" not in named, "this user has other folders"
    adopt_service(layout, environment)
    assert environment["GESTURESYNTH_STATE_DIR"] == str(tmp_path / "var/lib/gesturesynth")
    assert environment["GESTURESYNTH_RUNTIME_DIR"] == str(tmp_path / "run/gesturesynth")


# ------------------------------------------------------------------------------------------------------- what is read
def test_the_limits_of_a_process_are_read() -> None:
    text = (
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max locked memory         8388608              unlimited            bytes     \n"
        "Max realtime priority     95                   95                   \n"
        "Max cpu time              unlimited            unlimited            seconds   \n"
    )
    assert sound.limits_of(text) == {
        "Max locked memory": 8388608.0,
        "Max realtime priority": 95.0,
        "Max cpu time": math.inf,
    }


def test_what_systemctl_shows_is_read() -> None:
    shown = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "NRestarts": "4"}
    assert service.unit_of("engine", shown) == service.Unit(
        "engine", loaded=True, active="active", enabled="enabled", restarts=4
    )
    assert service.unit_of("engine", {"LoadState": "not-found", "NRestarts": "[not set]"}).loaded is False


def test_facts_of_a_probe_count_up_to_where_it_ended() -> None:
    assert parse_json_lines(b'{"a": 1}\nnoise\n[1]\n{"a": 2, "b": 3}\n{"c":') == {"a": 2, "b": 3}
