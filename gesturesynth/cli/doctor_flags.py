"""`gesturesynth doctor` on the command line: its flags and its help.

A file of its own, so that `--help` does not load the checks (`doctor.py`), which import most packages.
"""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gesturesynth.cli.flags import NO_AUDIO_FLAGS, NO_CAMERA_FLAGS, AudioFlags, CameraFlags, Config

app = App(
    name="doctor",
    help="Looks for what is wrong with this computer, and says what to do about it.",
    help_format="plaintext",
)


@app.default
def doctor(
    *names: Annotated[str, Parameter(help="Only these checks, by name; all by default.")],
    config: Config = None,
    camera: CameraFlags = NO_CAMERA_FLAGS,
    audio: AudioFlags = NO_AUDIO_FLAGS,
    quick: Annotated[bool, Parameter(negative="", help="Nothing that lights a lamp or makes a sound.")] = False,
    json: Annotated[bool, Parameter(negative="", help="JSON, for programs.")] = False,
) -> int:
    """Looks for what is wrong with this computer, and says what to do about it.

    It opens the camera for two seconds and plays a quiet tone, unless Gesture Synth runs already: then its own figures
    count. Exit code 0: it can play, perhaps with warnings; 1: something failed.
    """
    from gesturesynth.cli.doctor import run_checks  # noqa: PLC0415 - help does not wait for all checks

    return run_checks(names, config, camera, audio, quick=quick, json=json)
