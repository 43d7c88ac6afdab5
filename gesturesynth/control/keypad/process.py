"""The process `keypad`: reads keyboards and keypads without a terminal, and sends their commands to the conductor.

It uses input devices and no network. It scans for devices once a second, so they may be plugged in and out at any time;
when one is unplugged, its keys count as released. The answer to a key is a short sound, which the conductor orders.
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
"""Between two scans for devices."""
POLL_S: Final = 0.25
"""The longest wait: the heart-beat has to go on, and a stop has to be noticed."""
MOST_READS: Final = 16
"""Of one device in a row, READ_BYTES each: no person presses more."""
CONNECTING_S: Final = 0.5
"""So long a conductor is waited for before the first scan."""
RELEASE_S: Final = 0.5
"""At the end, so long for the conductor to receive that a held key is released."""


@dataclass(frozen=True)
class KeypadSettings:
    """Which devices, and the commands of their keys.

    Attributes:
        device: part of a name, or a path; AUTO for anything that looks like a numeric keypad.
        grab: no other program gets their keys.
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
        UserError: a wrong binding, or a system that has no input devices of this kind.
    """
    if sys.platform != "linux":
        raise UserError(
            "keys are read without a terminal on Linux only; elsewhere there are the terminal, OSC and shells"
        )
    with zmq.Context() as context, CommandClient("keypad", context, settings.runtime) as wire:
        keypads = Keypads(settings)
        # Where the conductor runs already, no key may get lost while the connection is being made.
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
                with suppress(NothingRunning):  # then nothing is held
                    wire.ask(requested, RELEASE_S)
    return 0


def _send(requested: Call, wire: CommandClient) -> None:
    if wire.send(requested):
        log.get().debug("command sent", command=requested.text)
    else:
        message = "the conductor does not run, or is just starting; keys are not stored for later"
        log.get().warning("command not sent", command=requested.text, message=message)


def _read_answers(wire: CommandClient) -> None:
    """Reads the answers. The person has heard them already, as short sounds."""
    for answer in wire.poll():
        if not answer.ok:
            log.get().debug("command refused", message=answer.text)  # the conductor has logged it


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
        # Files that are not wanted or cannot be opened: identity, and stable name, which may come later.
        self._rejected: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._open_errors: dict[Path, str] = {}
        self._next_scan_s = 0.0
        self.status = ""

    # ------------------------------------------------------------------------------------------------- coming and going
    def scan_devices(self, now_s: float) -> None:
        """Opens what has been plugged in, and grabs what could not be grabbed before."""
        self._next_scan_s = now_s + SCAN_S
        for opened in self._open_devices.values():
            if opened.device.problem:
                opened.device.grab()
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
        """Opens a device if it is wanted; returns False where it need not be tried again, unless its file changes."""
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
            # Grabbed now, the key (the Enter that started this program) would stay down for other programs.
            device.close()
            return True
        if self._settings.grab:
            device.grab()
        twins = device.kind.is_keypad or not device.kind.keys
        self._open_devices[path] = OpenDevice(device, KeyBindingMachine(self._keys, twins=twins))
        message = f"'{device.kind.name}' is plugged in" + (f", but {device.problem}" if device.problem else "")
        log.get().info("input device opened", message=message, device=str(path))
        return True

    def _report_refusal(self, path: Path, stable: str, error: OSError) -> None:
        text = f"{stable or path} cannot be opened ({error.strerror})"
        if isinstance(error, PermissionError):
            text += ": join the group `input` (`sudo usermod -aG input YOUR-NAME`, then log in again)"
        if self._open_errors.get(path) != text:
            self._open_errors[path] = text
            log.get().warning("input device refused", message=text)

    def _unplug(self, path: Path) -> list[Call]:
        opened = self._open_devices.pop(path)
        opened.device.close()
        log.get().info("input device closed", message=f"'{opened.device.kind.name}' is gone", device=str(path))
        self._update_status()
        return opened.bindings.device_lost()

    # ----------------------------------------------------------------------------------------------------------- keys
    def poll(self) -> list[Call]:
        """Waits a little for keys; returns their commands."""
        # Not zmq's poller: without a device, that does not wait at all.
        poller = select.poll()
        for opened in self._open_devices.values():
            poller.register(opened.device.fileno(), select.POLLIN)
        poller.poll(math.ceil(1000.0 * self._wait_s(time.monotonic())))
        now_s = time.monotonic()
        found: list[Call] = []
        for path, opened in list(self._open_devices.items()):
            found += opened.bindings.tick(now_s)
            found += self._read(path, opened, now_s)
        if now_s >= self._next_scan_s:
            self.scan_devices(now_s)
        return found

    def _wait_s(self, now_s: float) -> float:
        dues = [opened.bindings.due_s(now_s) for opened in self._open_devices.values()]
        return max(0.0, min(POLL_S, self._next_scan_s - now_s, *dues))

    def _read(self, path: Path, opened: OpenDevice, now_s: float) -> list[Call]:
        found: list[Call] = []
        for _ in range(MOST_READS):
            data = opened.device.read()
            if data is None:
                return found + self._unplug(path)
            events = opened.parser.feed(data)
            if opened.parser.lost:
                message = f"keys of '{opened.device.kind.name}' were lost: they were not read for too long"
                log.get().warning("keys lost", message=message)
                events += opened.parser.recover(opened.device.keys_down())
            for event in events:
                found += opened.bindings.feed(event, now_s)
            if len(data) < devices.READ_BYTES:
                break
        return found

    # ----------------------------------------------------------------------------------------------------------- text
    def _update_status(self) -> None:
        parts = [_device_text(one.device.kind, one.device.problem) for one in self._open_devices.values()]
        if not parts:
            wanted = self._settings.device
            what = "a numeric keypad" if wanted == AUTO else f"'{wanted}'"
            parts = [f"waiting for {what}", *self._open_errors.values()]
        self.status = "; ".join(parts)

    def close(self) -> Sequence[Call]:
        """Closes all devices; returns the commands of that."""
        return [requested for path in list(self._open_devices) for requested in self._unplug(path)]


def _device_text(kind: DeviceInfo, problem: str) -> str:
    return f"{kind.name} ({problem})" if problem else kind.name
