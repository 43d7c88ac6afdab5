"""The table of the doctor's checks, and the function that runs them."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from gesturesynth.ops.doctor.checks import (
    actions,
    camera,
    computer,
    discovery,
    ear,
    exposure,
    files,
    keypad,
    keys,
    lights,
    midi,
    service,
    software,
    sound,
)
from gesturesynth.ops.doctor.finding import GRADES, Check, Examination, Finding, Grade, fail

CHECKS: Final = (
    Check(
        "python",
        "Version and processor.",
        "Fails for versions or systems for which there are not all libraries.",
        software.check_python,
    ),
    Check(
        "libraries",
        "Every Python library, its version against the requirements of the others, and whether it can be imported.",
        "Fails when one is missing, does not fit or cannot be imported; warns when two packages own OpenCV.",
        software.check_libraries,
    ),
    Check(
        "system",
        "The libraries of the system that MediaPipe, OpenCV and JACK need.",
        "Fails when one is missing, with the line that installs it; warns without JACK's.",
        software.check_system_libraries,
    ),
    Check(
        "model",
        "Its file, by its SHA-256.",
        "Warns when it was not fetched yet; fails when it is damaged.",
        software.check_model,
    ),
    Check(
        "settings",
        "gesturesynth.yaml.",
        "Fails with line and column of every mistake; the other checks then go by the defaults.",
        files.check_settings,
    ),
    Check(
        "preset",
        "The preset to start with, and its examples.",
        "Fails with line and column of every mistake.",
        files.check_preset,
    ),
    Check(
        "instruments",
        "Instruments of your own: files of the config folder and of other packages, read without running them.",
        "Fails when one cannot be used, with its line; what its code does wrong, `instrument check` tells.",
        files.check_instruments,
    ),
    Check(
        "state",
        "The folders of the examples, the cache and the sockets.",
        "Fails when one cannot be written to, or its disk is full; warns below 1 GB.",
        files.check_state,
    ),
    Check(
        "examples",
        "Every database of takes, read-only, page by page.",
        "Fails when one is damaged; warns when one was, and was set aside.",
        files.check_examples,
    ),
    Check(
        "groups",
        "Groups of this user, and the camera and sound devices that it may use.",
        "Warns when there are some that it may not use.",
        computer.check_groups,
    ),
    Check(
        "camera",
        "Opens the one that is configured for two seconds, in a process of its own without a network: rate and "
        "evenness of its frames, size, time to the first. While the tracker runs: its figures.",
        "Fails when it gives no frames, or fewer than 10 a second; warns without a camera, below 80 % of the rate that "
        "was asked for, and when frames come unevenly.",
        camera.check_camera,
    ),
    Check(
        "exposure",
        "Exposure time and frame rates, as the camera tells them; it is not switched on for it. Linux only.",
        "Warns when the exposure is longer than 20 ms; recommends 60 frames a second where the camera offers them.",
        exposure.check_exposure,
    ),
    Check(
        "inference",
        "How long a body takes to be found in a frame.",
        "Warns when that is slower than the camera, fails below 10 frames a second.",
        camera.check_inference,
    ),
    Check(
        "privacy",
        "Whether the process that sees people can be kept off the network.",
        "Warns when it cannot.",
        camera.check_privacy,
    ),
    Check(
        "sound",
        "Starts the audio in a process of its own and plays a quiet tone of two seconds: device, gaps, and how the "
        "audio clock keeps time. While the engine runs: its figures.",
        "Fails when it does not start, or its clock stands; warns without a device, when there were gaps, or its clock "
        "is off by more than 2 %.",
        sound.check_sound,
    ),
    Check(
        "keypad",
        "Keyboards and keypads for keys without a screen.",
        "Warns when one is asked for, and none is there or may be read.",
        keypad.check_keypad,
    ),
    Check(
        "midi",
        "Ports for MIDI: those that the settings name, and the package that MIDI needs.",
        "Fails when MIDI is asked for and the package or the system for it is missing; warns when a port is.",
        midi.check_midi,
    ),
    Check(
        "ear",
        "The microphone, where the settings open one. None is opened here.",
        "Warns when it is asked for and there is none of that name.",
        ear.check_ear,
    ),
    Check(
        "actions",
        "What presets may have sent to other programs, and the device by which keys are pressed.",
        "Warns when keys are allowed and cannot be pressed.",
        actions.check_actions,
    ),
    Check(
        "lights",
        "Where levels of lamps go. No packet is sent.",
        "Warns when there is no way to an address, and when lamps may flash more than three times in a second.",
        lights.check_lights,
    ),
    Check(
        "keys",
        "The key of this computer for poses over the network, and the list of those who may receive: modes and ages.",
        "Fails when one that the settings need is missing, is damaged, or open to others; warns after two years.",
        keys.check_keys,
    ),
    Check(
        "discovery",
        "How other programs find this one: OSCQuery, and what the local network is told.",
        "Warns where the settings let other computers in, and these do not find it by themselves.",
        discovery.check_discovery,
    ),
    Check(
        "realtime",
        "Realtime priority and locked memory that the engine may have.",
        "Warns when they are too low for JACK.",
        sound.check_realtime,
    ),
    Check(
        "processor",
        "Cores, load, speed and heat.",
        "Warns with one core, when its clock rate is kept low, it gets hot, or something else keeps it busy.",
        computer.check_processor,
    ),
    Check(
        "memory",
        "How much there is, and how much of it is free.",
        "Warns below 1 GB, fails below what all processes take.",
        computer.check_memory,
    ),
    Check(
        "clock",
        "Date, time zone, and whether a time server sets it.",
        "Fails when the date is long past; warns when no time server sets it.",
        computer.check_clock,
    ),
    Check(
        "ports",
        "Those of OSC and of monitoring.",
        "Warns when another program has one.",
        service.check_ports,
    ),
    Check(
        "processes",
        "What runs now, as `gesturesynth status` judges it.",
        "Fails when that is not healthy; warns after many restarts.",
        service.check_processes,
    ),
    Check(
        "service",
        "The system service, where it is installed.",
        "Fails when a part of it does not run; warns when it does not start with the computer, or was often restarted.",
        service.check_service,
    ),
)
BUG_ADVICE: Final = "This is a mistake in Gesture Synth: please report it, with these words."


class Result(msgspec.Struct, frozen=True):
    """The result of one check; see `finding.Finding`. `took_s` is how long it ran, seconds."""

    check: str
    grade: Grade
    found: str
    advice: str
    took_s: float


def examine(
    examination: Examination, report: Callable[[Result], None], checks: Sequence[Check] = CHECKS
) -> list[Result]:
    """Runs all checks in order; `report` gets each result at once. Never raises for what a check does."""
    results = []
    for check in checks:
        begun_s = time.monotonic()
        finding = _run_check(check, examination)
        result = Result(check.name, finding.grade, finding.found, finding.advice, round(time.monotonic() - begun_s, 3))
        report(result)
        results.append(result)
    return results


def _run_check(check: Check, examination: Examination) -> Finding:
    try:
        return check.run(examination)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks are still wanted
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
        return fail(f"the check itself went wrong: {type(error).__name__}: {error} ({where})", BUG_ADVICE)


def worst(results: Sequence[Result]) -> Grade:
    """The worst grade of all results; `pass` without any."""
    return max((result.grade for result in results), key=GRADES.index, default="pass")
