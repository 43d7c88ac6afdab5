"""The check of actions: whether keys can be pressed, where the settings allow any."""

from __future__ import annotations

import os
import sys

from gesturesynth.actions.keys.virtual_keyboard import UINPUT
from gesturesynth.ops.doctor.finding import Examination, Finding, good, warn


def check_actions(examination: Examination) -> Finding:
    """What presets may have sent. Nothing is sent, and no key is pressed."""
    actions = examination.settings.actions
    return judge_actions(
        enabled=actions.enabled,
        addresses=len(actions.http),
        keys=len(actions.keys),
        device="linux" if sys.platform != "linux" else _device(),
    )


def _device() -> str:
    """`ok`, `missing` or `closed`."""
    if not UINPUT.exists():
        return "missing"
    return "ok" if os.access(UINPUT, os.W_OK) else "closed"


def judge_actions(*, enabled: bool, addresses: int, keys: int, device: str) -> Finding:
    """Whether what is allowed can be done.

    Args:
        enabled: the setting `actions.enabled`.
        addresses: how many web addresses are allowed.
        keys: how many keys are allowed.
        device: the one by which keys are pressed: `ok`, `missing`, `closed`, or `linux` on another system.
    """
    if not enabled:
        return good("actions are switched off")
    allowed = f"OSC, {addresses} web addresses and {keys} keys are allowed"
    if not keys or device == "ok":
        return good(allowed)
    if device == "linux":
        return warn("keys are pressed on Linux only", "Take `actions.keys` out of gesturesynth.yaml.")
    if device == "missing":
        return warn(f"no key can be pressed: there is no {UINPUT}", "`sudo modprobe uinput` loads it.")
    return warn(
        f"no key can be pressed: {UINPUT} is closed to you",
        "The system service may use it. For yourself, after `gesturesynth service install`: `sudo usermod -aG "
        "gesturesynth-keys YOUR-NAME`.",
    )
