"""rtmidi2 and the MIDI system of this computer: loaded when needed, chosen, and found missing in a sentence.

What is used of rtmidi2 is written down in the protocols; tests compare them with the module.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, cast

from gesturesynth.core.errors import UserError
from gesturesynth.midi.jack_server import JackServer
from gesturesynth.midi.systems import ALSA, AUTO, CORE, EXTRA, JACK, LIBRARY

SEQUENCER: Final = Path("/dev/snd/seq")
"""ALSA's sequencer, of which ports are a part."""


class MidiDevice(Protocol):
    """What `MidiOut` and `MidiIn` have in common."""

    @property
    def ports(self) -> Sequence[str]:
        """The names of the ports of others that can be opened."""

    def open_port(self, port: int) -> object:
        """Opens one of `ports`."""

    def open_virtual_port(self, port_name: str) -> object:
        """Opens a port of one's own."""

    def close_port(self) -> object:
        """Closes what is open."""


class MidiOutDevice(MidiDevice, Protocol):
    """`rtmidi2.MidiOut`."""

    def send_raw(self, *octets: int) -> object:
        """Sends one message."""


class MidiInDevice(MidiDevice, Protocol):
    """`rtmidi2.MidiIn`."""

    callback: Callable[[Sequence[int], float], None] | None


class MidiLibrary(Protocol):
    """The module `rtmidi2`."""

    API_LINUX_ALSA: int
    API_UNIX_JACK: int
    API_MACOSX_CORE: int

    def MidiOut(self, clientname: str, *, api: int) -> MidiOutDevice:  # noqa: N802 - the library's name
        """A client that sends."""

    def MidiIn(self, clientname: str, *, api: int) -> MidiInDevice:  # noqa: N802 - likewise
        """A client that receives."""


@dataclass(frozen=True)
class MidiSystem:
    """A MIDI system that can be used now.

    Attributes:
        name: one of `systems.SYSTEMS`.
        library: rtmidi2.
        api: the number that it has there.
        jack: the watch over the server; None for other systems.
    """

    name: str
    library: MidiLibrary
    api: int
    jack: JackServer | None = None

    @property
    def gone(self) -> bool:
        """Whether it has ended since; the process has to end, too."""
        return self.jack is not None and self.jack.gone

    def close(self) -> None:
        """Ends the watch."""
        if self.jack:
            self.jack.close()


def open_system(wanted: str = AUTO) -> MidiSystem:
    """The MIDI system that is asked for.

    Args:
        wanted: one of `systems.SYSTEMS`.

    Raises:
        UserError: rtmidi2 is not installed, or the system is that of another operating system.
        ConnectionError: it cannot be used now, and perhaps later; a sentence.
    """
    require_library()
    name = _chosen(wanted)
    jack = _jack_server(wanted) if name == JACK else None  # before the library, which loads a libjack of its own
    library = cast("MidiLibrary", importlib.import_module(LIBRARY))
    api = {ALSA: library.API_LINUX_ALSA, JACK: library.API_UNIX_JACK, CORE: library.API_MACOSX_CORE}[name]
    return MidiSystem(name, library, api, jack)


def require_library() -> None:
    """Checks that rtmidi2 is installed, without loading it.

    Raises:
        UserError: it is not; the sentence says what to install.
    """
    if importlib.util.find_spec(LIBRARY) is None:
        raise UserError(f"MIDI needs the package {LIBRARY}, which is not installed: pip install '{EXTRA}'")


def _jack_server(wanted: str) -> JackServer:
    try:
        return JackServer()
    except MemoryError as error:  # the sandbox of a service allows no functions that are made at run time
        raise ConnectionError("JACK cannot be used here") from error
    except ConnectionError as error:
        if wanted == JACK:
            raise
        raise ConnectionError(
            f"ALSA has no sequencer here ({SEQUENCER}; `sudo modprobe snd-seq` may bring it), and {error}"
        ) from error


def _chosen(wanted: str) -> str:
    if sys.platform == "darwin":
        if wanted == ALSA:
            raise UserError("ALSA is a part of Linux; here `midi.system` is auto, core or jack")
        return CORE if wanted == AUTO else wanted
    if wanted == CORE:
        raise UserError("Core MIDI is a part of macOS; here `midi.system` is auto, alsa or jack")
    if wanted == JACK or (wanted == AUTO and not SEQUENCER.exists()):
        return JACK
    if not SEQUENCER.exists():
        raise ConnectionError(f"ALSA has no sequencer here ({SEQUENCER}): `sudo modprobe snd-seq` may bring it")
    if not os.access(SEQUENCER, os.R_OK | os.W_OK):
        raise ConnectionError(f"{SEQUENCER} may not be opened: join the group `audio`, then log in again")
    return ALSA
