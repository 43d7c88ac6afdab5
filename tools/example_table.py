"""What the patches in examples/ receive, show and send: one table for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader
from gesturesynth.control.command_table import ADDRESS, COMMANDS
from gesturesynth.core import paths

ROOT: Final = Path(__file__).parents[1] / "examples"
HOST: Final = "127.0.0.1"
PORT: Final = 9000
"""Where Gesture Synth listens."""
RATE_HZ: Final = 30
REPEAT_MS: Final = 4000
"""Between two messages `subscribe`; one is good for ten seconds."""
WHAT: Final = "outputs+features+people+classes"

_PIECE: Final = loader.load(paths.presets_dir() / "theremin.yaml")
OUTPUTS: Final = tuple(output.name for output in _PIECE.outputs)
"""Those of the piece `theremin`; the first is a pitch in hertz, the second a level in decibels."""
FEATURES: Final = tuple(_PIECE.features)


@dataclass(frozen=True)
class Button:
    """A command that a patch sends.

    Attributes:
        label: what the button says.
        command: of the command table.
        value: that it is sent with; None for none.
    """

    label: str
    command: str
    value: int | None = None

    @property
    def address(self) -> str:
        """Its OSC address."""
        return COMMANDS[self.command].address


BUTTONS: Final = (
    Button("snapshot 1", "select", 1),
    Button("snapshot 2", "select", 2),
    Button("snapshot 3", "select", 3),
    Button("record", "record"),
    Button("train", "train"),
    Button("undo", "undo"),
    Button("next piece", "next"),
)
ANSWERS: Final = ("ack", "done", "error")


def output_address(name: str) -> str:
    """Where an output comes."""
    return f"{ADDRESS}output/{name}"


def feature_address(name: str) -> str:
    """Where a feature comes."""
    return f"{ADDRESS}feature/{name}"
