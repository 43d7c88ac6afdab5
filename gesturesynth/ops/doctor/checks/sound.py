"""Checks of the audio device, and of the realtime limits of the engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from gesturesynth.config.settings.audio import AudioSection
from gesturesynth.monitoring.status_text import duration
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn
from gesturesynth.ops.doctor.probes import subprocess_report
from gesturesynth.ops.doctor.probes.sound import TONE_DB, TONE_S, SoundProbeRequest
from gesturesynth.runtime.messages import EngineStatus
from gesturesynth.synthesis.audio import device_probe

LIMIT_S: Final = TONE_S + 20.0
DRIFT: Final = 0.02
"""Greatest deviation of the clocks' ratio from 1, measured over two seconds: the length of a buffer or two."""
BROKEN_DRIFT: Final = 0.1
XRUNS_PER_MINUTE: Final = 1.0
REALTIME_PRIORITY: Final = 10
"""JACK's clients run at this realtime priority or above."""
LOCKED_MB: Final = 64
MEGABYTE: Final = 1 << 20
CONNECT_ADVICE: Final = "Connect them, for instance with qjackctl."
FEWER_ADVICE: Final = "Choose a device with more outputs (`audio.device`), or set `audio.channels` to what there is."
NO_DEVICE_ADVICE: Final = "Start a JACK server, or connect a sound card; this user has to be in the group 'audio'."
REALTIME_ADVICE: Final = (
    "Let this user have realtime: sudo apt install jackd2 (say yes to realtime), sudo usermod -aG audio $USER, then "
    "log in again. The system service has its own limits."
)


def check_sound(examination: Examination) -> Finding:
    """The device that is configured, with a quiet tone; the status of the engine while one runs."""
    wanted = examination.settings.audio
    if examination.engine:
        return judge_engine(examination.engine)
    known = device_probe.probe("jack", "portaudio")
    if examination.quick:
        return judge_devices(known, wanted)
    request = SoundProbeRequest(
        wanted.backend, wanted.device, wanted.sample_rate, wanted.buffer_frames, wanted.loudspeakers()
    )
    report = subprocess_report.run_probe(
        "gesturesynth.ops.doctor.probes.sound", [msgspec.json.encode(request).decode()], LIMIT_S
    )
    return combine([judge_tone(report.facts, report.ended, wanted), good(_devices(known))])


def check_realtime(examination: Examination) -> Finding:
    """The limits of the engine or, when none runs, of this process."""
    if sys.platform != "linux":
        return good("this system gives audio its time by itself")
    pid = examination.engine.pid if examination.engine else os.getpid()
    try:
        place = Path(f"/proc/{pid}")
        text, root = (place / "limits").read_text(), place.stat().st_uid == 0
    except OSError:
        return good("those of the engine that runs cannot be read by this user")
    return judge_limits(limits_of(text), root=root, whose="the engine that runs" if examination.engine else "here")


# ----------------------------------------------------------------------------------------------------------- judgements
def _devices(known: Mapping[str, Any]) -> str:
    text = []
    if jack := known.get("jack"):
        text.append(f"a JACK server at {jack['sample_rate']} Hz, {jack['buffer_frames']} frames")
    if cards := known.get("portaudio"):
        text.append(f"sound devices: {', '.join(card['name'] for card in cards)}")
    return f"there is {' and '.join(text)}" if text else "there is neither a JACK server nor a sound device"


def judge_devices(known: Mapping[str, Any], wanted: AudioSection) -> Finding:
    """Whether there is a device for the configured backend, without playing anything."""
    found = f"{_devices(known)}; no tone was played (--quick)"
    if wanted.backend == "null":
        return good(found)
    needed = [wanted.backend] if wanted.backend != "auto" else ["jack", "portaudio"]
    if any(known.get(name) for name in needed):
        return good(found)
    return warn(found, NO_DEVICE_ADVICE) if wanted.backend == "auto" else fail(found, NO_DEVICE_ADVICE)


def judge_tone(facts: Mapping[str, Any], ended: str, wanted: AudioSection) -> Finding:
    """Whether the tone played without a problem, from the facts of the probe."""
    if "refused" in facts:
        return fail(facts["refused"], "Or choose another with `audio` in gesturesynth.yaml.")
    if "backend" not in facts:
        return fail(f"starting the audio {ended or 'came to nothing'}", "End and start the sound server again.")
    through = (
        f"{facts['backend']}, {facts['device']}, {facts.get('layout', 'stereo')}, {facts['sample_rate']:g} Hz, "
        f"{facts['buffer_frames']} frames, "
        f"started in {facts['boot_s']:.1f} s"
    )
    if facts.get("stands"):
        return fail(f"{through}: its clock stands still", "The device or its server hangs: start the server again.")
    if "ratio" not in facts:
        return fail(f"{through}: the tone {ended or 'came to nothing'}", "Start the sound server again.")
    xruns = facts["xruns"]
    tone = f"a tone of {TONE_S:g} s at {TONE_DB:g} dBFS"
    found = f"{through}; {tone}, {_xruns(xruns)}, clock {facts['ratio']:.4f} of real time"
    findings = [good(found)]
    if facts["backend"] == "null" and wanted.backend == "auto":
        findings.append(warn("the sound goes to no device", NO_DEVICE_ADVICE))
    elif facts["note"]:
        findings.append(warn(facts["note"], FEWER_ADVICE if "audio.channels" in facts["note"] else CONNECT_ADVICE))
    if facts["trouble"]:
        findings.append(fail(facts["trouble"], "Start the sound server again."))
    drift = abs(facts["ratio"] - 1.0)
    if drift > DRIFT:
        advice = "The computer is too busy, or the device lies about its rate: try another rate or more buffer_frames."
        findings.append((fail if drift > BROKEN_DRIFT else warn)("its clock does not keep time", advice))
    if xruns > 0:
        findings.append(
            warn("there were gaps", "Try more `audio.buffer_frames`, end what keeps the computer busy, see realtime.")
        )
    return combine(findings)


def judge_engine(status: EngineStatus) -> Finding:
    """The device is in use by the engine that runs, so its status is judged."""
    uptime_s = max(1.0, status.time_s - status.life.started_s) if status.life.started_s else 0.0
    found = (
        f"in use by the engine that runs: {status.backend}, {status.device}, {status.layout}, "
        f"{status.sample_rate:g} Hz, {status.buffer_frames} frames, {_xruns(status.xruns)}"
        + (f" in {duration(uptime_s)}" if uptime_s else "")
        + f", level {status.level_db:.0f} dBFS"
    )
    findings = [good(found)]
    if status.unheard:
        findings.append(warn(status.unheard, NO_DEVICE_ADVICE))
    if uptime_s and status.xruns > max(1.0, XRUNS_PER_MINUTE * uptime_s / 60):
        findings.append(
            warn("more than a gap a minute", "Try more `audio.buffer_frames`, see realtime and the processor.")
        )
    return combine(findings)


def _xruns(count: int) -> str:
    return "xruns cannot be counted" if count < 0 else f"{count} xrun{'s' * (count != 1)}"


def limits_of(text: str) -> dict[str, float]:
    """The soft limits in /proc/PID/limits, by name; infinite where there is none."""
    found: dict[str, float] = {}
    for line in text.splitlines()[1:]:
        name, soft = line[:26].strip(), line[26:].split()[:1]
        if soft:
            found[name] = float("inf") if soft[0] == "unlimited" else float(soft[0])
    return found


def judge_limits(limits: Mapping[str, float], *, root: bool, whose: str) -> Finding:
    """Realtime priority and memory that is never swapped out: JACK needs both."""
    priority, locked = limits.get("Max realtime priority", 0.0), limits.get("Max locked memory", 0.0) / MEGABYTE
    found = f"{whose}: realtime priority up to {priority:g}, {locked:.0f} MB of locked memory"
    if root and priority < REALTIME_PRIORITY:
        return good(f"{found}; root needs no permission")
    if priority < REALTIME_PRIORITY or locked < LOCKED_MB:
        return warn(found, REALTIME_ADVICE)
    return good(found)
