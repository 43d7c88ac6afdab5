"""pyo's server, before it is booted; and which microphone it listens to, where it does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from gesturesynth.synthesis.pyo_loader import load_pyo

if TYPE_CHECKING:
    from pyo import Server

CHANNELS: Final = 2
CLIENT_NAME: Final = "gesturesynth"
NO_MICROPHONE: Final = "there is no microphone: connect one, then start Gesture Synth again"
NO_CAPTURE_PORTS: Final = (
    "the JACK server has no inputs, so nothing is listened to: it was started to play only (its option -P; as a "
    "service, in /etc/gesturesynth/jack.env), or its card has none"
)
NO_CAPTURE_PORT: Final = "no JACK port to listen to fits `ear.device`: connect a microphone by hand"


def chosen_microphone(inputs: Sequence[dict[str, Any]], wanted: str | None) -> dict[str, Any] | None:
    """The device that records, of those that there are; None where none is wanted, or none fits."""
    if wanted is None:
        return None
    fitting = [entry for entry in inputs if wanted.lower() in entry["name"].lower()]
    return next((entry for entry in fitting if entry["default"]), fitting[0] if fitting else None)


def make_server(
    audio: str,
    sample_rate: float,
    buffer_frames: int,
    client: str = CLIENT_NAME,
    channels: int = CHANNELS,
    *,
    inputs: int = 0,
) -> Server:
    """A pyo server, by default without inputs, not booted. `audio` is pyo's own name of the backend."""
    pyo = load_pyo()
    # These variables would override these arguments.
    for variable in ("PYO_SERVER_AUDIO", "PYO_SERVER_MIDI"):
        os.environ.pop(variable, None)
    return pyo.Server(
        sr=sample_rate,
        nchnls=channels,
        buffersize=buffer_frames,
        duplex=1 if inputs else 0,
        audio=audio,
        jackname=client,
        ichnls=inputs or None,
        verbosity=0,
    )
