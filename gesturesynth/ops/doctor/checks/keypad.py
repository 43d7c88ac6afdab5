"""The check of keypads: which are plugged in, and whether this user may read them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from gesturesynth.control.keypad.devices import AUTO, list_devices
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, good, warn

CLOSED: Final = "closed to you"
"""How `device_list.listed` begins the kind of a device that cannot be opened."""


def check_keypad(examination: Examination) -> Finding:
    """The keypads that the settings name. No device is grabbed or read."""
    if sys.platform != "linux":
        return good("keys without a screen need Linux")
    keypad = examination.settings.keypad
    return judge_keypad(list_devices(), keypad.device, needed=keypad.enabled or keypad.device != AUTO)


def judge_keypad(rows: Sequence[Mapping[str, str]], wanted: str, *, needed: bool) -> Finding:
    """Whether one of the devices is the one that the settings name.

    Args:
        rows: from `device_list.listed`.
        wanted: the setting `keypad.device`.
        needed: whether the settings ask for a keypad.
    """
    closed = [row for row in rows if row["kind"].startswith(CLOSED)]
    matching = [
        row
        for row in rows
        if row not in closed
        and (row["kind"] == "keypad" if wanted == AUTO else wanted.lower() in f"{row['name']}\n{row['device']}".lower())
    ]
    if matching:
        return good(", ".join(f"{row['name']} ({row['device']})" for row in matching))
    others = (
        f"; there is {', '.join(row['name'] for row in rows if row not in closed)}" if len(rows) > len(closed) else ""
    )
    if not needed:
        return good(f"none is plugged in, and none is asked for{others}")
    what = "keypad" if wanted == AUTO else f"keyboard or keypad with '{wanted}' in its name"
    findings = [
        warn(
            f"there is no {what}{others}",
            "Plug it in; `gesturesynth keypad --list` shows what to write as keypad.device.",
        )
    ]
    if closed:
        findings.append(
            warn(
                f"not for this user to open: {', '.join(row['device'] for row in closed)}",
                "sudo usermod -aG input $USER, then log in again. (The system service needs no more than its unit.)",
            )
        )
    return combine(findings)
