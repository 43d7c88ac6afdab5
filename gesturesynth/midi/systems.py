"""The MIDI systems that there are, by name. A table."""

from __future__ import annotations

from typing import Final

AUTO: Final = "auto"
ALSA: Final = "alsa"
JACK: Final = "jack"
CORE: Final = "core"
SYSTEMS: Final = (AUTO, ALSA, JACK, CORE)
VIRTUAL: Final = "virtual"
"""In the place of the name of a port: one of our own, which other programs connect to."""
CLIENT: Final = "Gesture Synth"
"""What our ports are called."""
LIBRARY: Final = "rtmidi2"
EXTRA: Final = "gesturesynth[midi]"
"""What is installed to have it."""
