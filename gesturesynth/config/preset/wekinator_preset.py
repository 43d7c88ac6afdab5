"""The preset of `gesturesynth run --wekinator`, written into the folder of one's own presets at the first time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gesturesynth.config.preset import preset_files
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.core.files import is_there

NAME: Final = "wekinator"
TEXT: Final = """\
# Numbers in, numbers out, as Wekinator has them. Saved changes count at once.
name: Wekinator
about: Numbers come in over OSC, and what was taught leaves over OSC. No camera, no sound.
wekinator:
  inputs: 10     # numbers in each message to port 6448
  outputs: 5     # numbers in each answer
  address: /wek/inputs
  send_to: {host: 127.0.0.1, port: 12000, address: /wek/outputs}
smoothing: {min_cutoff: 1000 Hz}    # numbers count as they come
confidence: 4    # far from all examples, outputs still follow
"""
"""How many inputs and outputs there are is for the user to say, as in Wekinator's first window."""


def ready_preset() -> tuple[Path, bool]:
    """The file of the preset, and whether it was written just now. One that is there already stays as it is.

    Raises:
        UserError: it cannot be written.
    """
    for suffix in preset_files.SUFFIXES:
        path = paths.config_dir() / "presets" / f"{NAME}{suffix}"
        if is_there(path):
            return path, False
    path = paths.config_dir() / "presets" / f"{NAME}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    return path, True
