"""The keypad process: it reads keyboards and keypads without a terminal, and asks the conductor for what keys mean.

It has input devices and no network. Devices are looked for once a second, so they may be plugged in and out at any
time; one that goes away lets go of all its keys. The answer to a key is a short sound, which the conductor sees to.
"""

from __future__ import annotations

import math
import select
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.control.command_socket import CommandClient, NothingRunning
from gesturesynth.control.commands import Call
from gesturesynth.control.keypad import devices
from gesturesynth.control.keypad.bindings import KeyBindingMachine, bindings
from gesturesynth.control.keypad.devices import AUTO, INPUT, DeviceInfo, InputDevice
from gesturesynth.control.keypad.input_events import EventParser
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.service import Service

SCAN_S: Final = 1.0
"""Between looks for devices."""
POLL_S: Final = 0.25
"""The longest wait: the heart-beat goes on meanwhile, and a stop is heard."""
MOST_READS: Final = 16
"""Of one device in a row, READ_BYTES each: more comes from no hand."""
CONNECTING_S: Final = 0.5
"""So long a conductor is waited for before the first look for devices."""
RELEASE_S: Final = 0.5
"""At the end, so long for the conductor to hear that what was held is let go."""


@dataclass(frozen=True)
class KeypadSettings:
    """Which devices, and what their keys ask for.

    Attributes:
        device: part of a name, or a path; AUTO for whatever looks like a numeric keypad.
        grab: nobody else gets their keys.
        bindings: changes to the default bindings, `{KEY: command}`.
        folder: where the system shows its input devices.
        runtime: the runtime folder of the conductor; None for this process's own.
    """

    device: str = AUTO
    grab: bool = True
    bindings: Mapping[str, str] = field(default_factory=dict)
    folder: Path = INPUT
    runtime: Path | None = None


def run_keypad(settings: KeypadSettings, service: Service) -> int:
    """Reads keys until told to stop.

    Returns:
        The exit code, 0.

    Raises:
        UserError: a binding that cannot be, or a system that has no input devices of this kind.
    """
    if sys.platform != "linux":
        raise UserError(
            "keys are read without a terminal on Linux only; elsewhere there are the terminal, OSC and shells"
        )
    with zmq.Context() as context, CommandClient("keypad", context, settings.runtime) as wire:
        keypads = Keypads(settings)
        # Where the conductor is there already, no key is to get lost on a connection that only begins.
        wire.socket.poll(round(1000 * CONNECTING_S), zmq.POLLOUT)
        try:
            keypads.scan_devices(time.monotonic())
            service.ready(keypads.status)
            while not service.stopping:
                for requested in keypads.poll():
                    _send(requested, wire)
                _read_answers(wire)
                service.heartbeat(keypads.status)
            service.notify_stopping()
        finally:
            for requested in keypads.close():
                with suppress(NothingRunning):  # then nothing is being held
                    wire.ask(requested, RELEASE_S)
    return 0


def _send(requested: Call, wire: CommandClient) -> None:
    if wire.send(requested):
        log.get().debug(requested.text)
    else:
        log.get().warning(f"nobody hears '{requested.text}': the conductor does not run, or just begins")


def _read_answers(wire: CommandClient) -> None:
    """Takes the answers in. They were heard already, as short sounds."""
    for answer in wire.poll():
        if not answer.ok:
            log.get().debug(answer.text)  # the conductor has said it


@dataclass
class OpenDevice:
    """A device that is read."""

    device: InputDevice
    bindings: KeyBindingMachine
    parser: EventParser = field(default_factory=EventParser)


class Keypads:
    """All devices that are wanted, as they come and go.

    Attributes:
        status: one line for people.
    """

    def __init__(self, settings: KeypadSettings) -> None:
        self._settings = settings
        self._keys = bindings(settings.bindings)
        self._open_devices: dict[Path, OpenDevice] = {}
        # What was looked at and is not wanted, or cannot be: its file, and its stable name, which may come later.
        self._rejected: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._open_errors: dict[Path, str] = {}
        self._next_scan_s = 0.0
        self.status = ""

    # ------------------------------------------------------------------------------------------------- coming and going
    def scan_devices(self, now_s: float) -> None:
        """Opens what has been plugged in, and takes what could not be taken before."""
        self._next_scan_s = now_s + SCAN_S
        for plugged in self._open_devices.values():
            if plugged.device.problem:
                plugged.device.grab()
        candidates = self._candidates()
        for path in self._rejected.keys() - candidates.keys():
            del self._rejected[path]
            self._open_errors.pop(path, None)
        for path, stable in candidates.items():
            identity = devices.identity(path)
            if path in self._open_devices or identity is None or self._rejected.get(path) == (identity, stable):
                continue
            self._rejected.pop(path, None)
            if not self._open(path, stable):
                self._rejected[path] = identity, stable
        self._update_status()

    def _candidates(self) -> dict[Path, str]:
        """Files that may be devices, with their stable names."""
        wanted, folder = self._settings.device, self._settings.folder
        names = devices.stable_names(folder)
        if wanted.startswith("/"):
            path = Path(wanted)
            return {path: names.get(path.resolve(), "")}
        return {path: names.get(path.resolve(), "") for path in devices.event_files(folder)}

    def _open(self, path: Path, stable: str) -> bool:
        """Opens a device if it is wanted; returns False where that is for ever, unless its file changes."""
        try:
            device = InputDevice(path, stable)
        except OSError as error:
            self._report_refusal(path, stable, error)
            return not isinstance(error, PermissionError)
        self._open_errors.pop(path, None)
        named = str(path) == self._settings.device
        if not named and not device.kind.is_wanted(self._settings.device):
            device.close()
            return False
        if device.keys_down():
            # Taken now, it would be down for ever to whoever reads it: the Enter that started this program.
            device.close()
            return True
        if self._settings.grab:
            device.grab()
        twins = device.kind.is_keypad or not device.kind.keys
        self._open_devices[path] = OpenDevice(device, KeyBindingMachine(self._keys, twins=twins))
        text = f"'{device.kind.name}' is plugged in"
        log.get().info(f"{text}, but {device.problem}" if device.problem else text, device=str(path))
        return True

    def _report_refusal(self, path: Path, stable: str, error: OSError) -> None:
        text = f"{stable or path} cannot be opened ({error.strerror})"
        if isinstance(error, PermissionError):
            text += ": join the group `input` (`sudo usermod -aG input YOUR-NAME`, then log in again)"
        if self._open_errors.get(path) != text:
            self._open_errors[path] = text
            log.get().warning(text)

    def _unplug(self, path: Path) -> list[Call]:
        plugged = self._open_devices.pop(path)
        plugged.device.close()
        log.get().info(f"'{plugged.device.kind.name}' is gone", device=str(path))
        self._update_status()
        return plugged.bindings.device_lost()

    # ----------------------------------------------------------------------------------------------------------- keys
    def poll(self) -> list[Call]:
        """Waits a little for keys; returns what they ask for."""
        # Not zmq's poller: with nothing to look at, that does not wait at all.
        poller = select.poll()
        for plugged in self._open_devices.values():
            poller.register(plugged.device.fileno(), select.POLLIN)
        poller.poll(math.ceil(1000.0 * self._wait_s(time.monotonic())))
        now_s = time.monotonic()
        found: list[Call] = []
        for path, plugged in list(self._open_devices.items()):
            found += plugged.bindings.tick(now_s)
            found += self._read(path, plugged, now_s)
        if now_s >= self._next_scan_s:
            self.scan_devices(now_s)
        return found

    def _wait_s(self, now_s: float) -> float:
        dues = [plugged.bindings.due_s(now_s) for plugged in self._open_devices.values()]
        return max(0.0, min(POLL_S, self._next_scan_s - now_s, *dues))

    def _read(self, path: Path, plugged: OpenDevice, now_s: float) -> list[Call]:
        found: list[Call] = []
        for _ in range(MOST_READS):
            data = plugged.device.read()
            if data is None:
                return found + self._unplug(path)
            events = plugged.parser.feed(data)
            if plugged.parser.lost:
                log.get().warning(f"keys of '{plugged.device.kind.name}' were lost: nobody read them for too long")
                events += plugged.parser.recover(plugged.device.keys_down())
            for event in events:
                found += plugged.bindings.feed(event, now_s)
            if len(data) < devices.READ_BYTES:
                break
        return found

    # ----------------------------------------------------------------------------------------------------------- words
    def _update_status(self) -> None:
        said = [_device_text(one.device.kind, one.device.problem) for one in self._open_devices.values()]
        if not said:
            wanted = self._settings.device
            what = "a numeric keypad" if wanted == AUTO else f"'{wanted}'"
            said = [f"waiting for {what}", *self._open_errors.values()]
        self.status = "; ".join(said)

    def close(self) -> Sequence[Call]:
        """Lets go of everything; returns what that asks for."""
        return [requested for path in list(self._open_devices) for requested in self._unplug(path)]


def _device_text(kind: DeviceInfo, problem: str) -> str:
    return f"{kind.name} ({problem})" if problem else kind.name
