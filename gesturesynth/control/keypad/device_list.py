"""`gesturesynth keypad --list`: the keyboards and keypads of this computer, with what to write into settings."""

from __future__ import annotations

from pathlib import Path

from gesturesynth.control.keypad import devices
from gesturesynth.control.keypad.devices import INPUT, InputDevice


def list_devices(folder: Path = INPUT) -> list[dict[str, str]]:
    """A row for each: `name`, `kind` and `device`, its file by a name that stays."""
    names = devices.stable_names(folder)
    rows = []
    for path in devices.event_files(folder):
        stable = names.get(path.resolve(), "")
        file = str(folder / "by-id" / stable) if stable else str(path)
        try:
            device = InputDevice(path, stable)
        except OSError as error:
            rows.append({"name": stable or path.name, "kind": f"closed to you: {error.strerror}", "device": file})
            continue
        kind = device.kind
        device.close()
        if kind.has_keys:
            rows.append({"name": kind.name, "kind": "keypad" if kind.is_keypad else "keyboard", "device": file})
    return rows
