"""Ports by name, as they come and go. The only module, besides `library`, that knows rtmidi2.

A call of the library may hang or end the process, with its driver. Nothing is done about it here: the process has a
watchdog, and whatever starts it starts it again.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Generic, TypeVar

from gesturesynth.midi.library import MidiDevice, MidiInDevice, MidiOutDevice, MidiSystem
from gesturesynth.midi.systems import CLIENT, VIRTUAL

MOST_WAITING: Final = 1024
"""Messages that arrive while the process does something else; older ones are dropped."""
_ERRORS: Final = (RuntimeError, OSError, ValueError, IndexError)
"""What rtmidi2 raises."""

D = TypeVar("D", bound=MidiDevice)


class MidiPort(Generic[D]):
    """One port, opened as soon as it is there.

    Args:
        device: the library's.
        wanted: part of a name, or VIRTUAL.
        what: `output` or `input`, for sentences.

    Attributes:
        name: of the port that is open; empty while none is.
        problem: a sentence while none is open.
    """

    def __init__(self, device: D, wanted: str, what: str) -> None:
        self._device = device
        self._wanted = wanted
        self._what = what
        self.name = ""
        self.problem = f"MIDI {what}: waiting for '{wanted}'"

    def scan(self) -> bool:
        """Opens the port if it is there now, and closes it where it has gone; returns whether it was opened."""
        try:
            if self._wanted == VIRTUAL:
                return not self.name and self._open_virtual()
            names = port_names(self._device)
            if self.name and self.name not in names:
                self.lose()
            if self.name:
                return False
            found = matching(names, self._wanted)
            if not found:
                others = ", ".join(f"'{name}'" for name in names) or "none"
                self.problem = f"MIDI {self._what}: waiting for '{self._wanted}'; ports are: {others}"
                return False
            self._device.open_port(list(self._device.ports).index(found))
        except _ERRORS as error:
            self.problem = f"MIDI {self._what}: '{self._wanted}' cannot be opened ({error})"
            return False
        self._opened(found)
        return True

    def lose(self) -> None:
        """The port has gone, or fails: it is closed, and opened again when it is there."""
        self.close()
        self.problem = f"MIDI {self._what}: waiting for '{self._wanted}'"

    def close(self) -> None:
        """Closes the port."""
        if self.name:
            self.name = ""
            with suppress(*_ERRORS):
                self._device.close_port()

    def _open_virtual(self) -> bool:
        self._device.open_virtual_port(self._what)
        self._opened(f"{CLIENT} {self._what}")
        return True

    def _opened(self, name: str) -> None:
        self.name, self.problem = name, ""


class MidiOutput(MidiPort[MidiOutDevice]):
    """The port that messages go to."""

    def __init__(self, system: MidiSystem, wanted: str) -> None:
        super().__init__(system.library.MidiOut(CLIENT, api=system.api), wanted, "output")

    def send(self, messages: Sequence[bytes]) -> None:
        """Sends messages, one by one; without an open port they are dropped."""
        try:
            for message in messages if self.name else ():
                self._device.send_raw(*message)
        except _ERRORS:
            self.lose()


class MidiInput(MidiPort[MidiInDevice]):
    """The port that messages come from. The library calls from a thread of its own; `fileno` becomes readable."""

    def __init__(self, system: MidiSystem, wanted: str) -> None:
        super().__init__(system.library.MidiIn(f"{CLIENT} in", api=system.api), wanted, "input")
        self._messages: deque[Sequence[int]] = deque(maxlen=MOST_WAITING)
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self._device.callback = self._take

    def fileno(self) -> int:
        """For a poller."""
        return self._woken.fileno()

    def read(self) -> list[Sequence[int]]:
        """The messages that have arrived since the last call, each as its octets."""
        with suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass
        found: list[Sequence[int]] = []
        with suppress(IndexError):
            while True:
                found.append(self._messages.popleft())
        return found

    def close(self) -> None:
        """Closes the port; what has arrived can still be read."""
        super().close()

    def end(self) -> None:
        """Closes the port for good."""
        self.close()
        self._device.callback = None
        self._waker.close()
        self._woken.close()

    def _take(self, message: Sequence[int], _time: float) -> None:
        self._messages.append(message)
        with suppress(OSError):  # it is full, and so readable already; or just closed
            self._waker.send(b"\0")


def port_names(device: MidiDevice) -> list[str]:
    """The ports of other programs and devices; our own are left out, so that no message goes in a circle."""
    return [name for name in device.ports if not name.startswith(CLIENT)]


def matching(names: Sequence[str], wanted: str) -> str:
    """The first name with a text in it, whatever its case; one that is the text wins. Empty where there is none."""
    lower = wanted.lower()
    exact = [name for name in names if name.lower() == lower]
    return next(iter(exact or [name for name in names if lower in name.lower()]), "")


def list_ports(system: MidiSystem) -> list[dict[str, str]]:
    """All ports: `name`, and `direction` as we see it."""
    outputs = port_names(system.library.MidiOut(CLIENT, api=system.api))
    inputs = port_names(system.library.MidiIn(f"{CLIENT} in", api=system.api))
    rows = [{"name": name, "direction": "output"} for name in outputs]
    return rows + [{"name": name, "direction": "input"} for name in inputs]
