"""The check of the microphone: whether there is one, where the settings open it."""

from __future__ import annotations

from collections.abc import Sequence

from gesturesynth.ops.doctor.finding import Examination, Finding, good, warn
from gesturesynth.synthesis.audio import device_probe


def check_ear(examination: Examination) -> Finding:
    """The microphones that audio servers and cards show. None is opened."""
    ear = examination.settings.ear
    if not ear.enabled:
        return judge_ear((), "", enabled=False)
    found = device_probe.probe("jack", "portaudio")
    # The engine listens where it plays: to no card while it plays through JACK.
    jack = "jack" in found and examination.settings.audio.backend in ("auto", "jack")
    ports = found.get("jack", {}).get("capture", [])
    devices = [entry["name"] for entry in found.get("portaudio_inputs", ())]
    return judge_ear(ports if jack else devices, ear.device, enabled=True, jack=jack)


def judge_ear(names: Sequence[str], wanted: str, *, enabled: bool, jack: bool = False) -> Finding:
    """Whether one of the microphones is the one that the settings name.

    Args:
        names: of JACK's ports, or of sound cards.
        wanted: the setting `ear.device`.
        enabled: the setting `ear.enabled`.
        jack: whether the engine plays, and so listens, through JACK.
    """
    if not enabled:
        return good("the microphone stays closed")
    fitting = [name for name in names if wanted.lower() in name.lower()]
    if fitting:
        return good(f"open: {fitting[0]}")
    if not names and jack:
        return warn(
            "`ear` is switched on, and the JACK server has no inputs",
            "Start it without -P, which is to play only (as a service, in /etc/gesturesynth/jack.env), or switch `ear` "
            "off.",
        )
    if not names:
        return warn("`ear` is switched on, and there is no microphone", "Connect one, or switch `ear` off.")
    return warn(
        f"no microphone has '{wanted}' in its name; there are {', '.join(names[:8])}",
        "Change `ear.device` in gesturesynth.yaml; empty, it is the first one.",
    )
