"""The process `action-keys`: presses keys for a preset when something happens, and only those that settings allow.

It has one device, by which Linux makes a virtual keyboard, and no network. Each key is released again after a moment,
and all of them when the process ends, however it ends.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import zmq

from gesturesynth.actions.due_actions import DueActions
from gesturesynth.actions.failures import Failures
from gesturesynth.actions.keys.pressing import Pressing
from gesturesynth.actions.keys.virtual_keyboard import UINPUT, VirtualKeyboard
from gesturesynth.actions.rate import Rate
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.action_message import ActionsMessage, KeyAction
from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.runtime.service import Service

KEY: Final = "key"
POLL_S: Final = 0.1
RATE_HZ: Final = 20.0
"""Keys of all actions, a second."""
RETRY_S: Final = 5.0
"""Between two attempts to make the keyboard."""


class KeySender(Protocol):
    """What presses keys: `VirtualKeyboard`, or a fake in its place."""

    def send(self, code: int, *, down: bool) -> None:
        """See `VirtualKeyboard.send`."""

    def close(self) -> None:
        """See `VirtualKeyboard.close`."""


@dataclass(frozen=True)
class ActionKeysSettings:
    """What is allowed.

    Attributes:
        keys: the codes of each key that may be pressed, by its name: `SHIFT+A` has two.
        runtime: the runtime folder of the conductor; None for this process's own.
    """

    keys: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    runtime: Path | None = None


def run_action_keys(settings: ActionKeysSettings, service: Service) -> int:
    """Presses keys until told to stop.

    Returns:
        The exit code, 0.

    Raises:
        UserError: no key is allowed, or this system has no such device.
    """
    if sys.platform != "linux":
        raise UserError("keys are pressed on Linux only; elsewhere there are OSC, HTTP and MIDI")
    if not settings.keys:
        raise UserError("no key may be pressed: list some as `actions.keys` in gesturesynth.yaml, such as `[RIGHT]`")
    with (
        zmq.Context() as context,
        closing(Subscriber(context, ActionsMessage, settings.runtime)) as messages,
        closing(KeyRunner(settings.keys)) as runner,
    ):
        runner.poll(time.monotonic())
        service.ready(runner.status)
        while not service.stopping:
            message = messages.newest(runner.wait_s(time.monotonic()))
            now_s = time.monotonic()
            if message is not None:
                runner.step(message, now_s)
            runner.poll(now_s)
            service.note(runner.notes)
            service.heartbeat(runner.status)
        service.notify_stopping()
    return 0


class KeyRunner:
    """Presses the keys of actions. No method waits, and none raises.

    Args:
        keys: as in `ActionKeysSettings`.
        make: makes the keyboard; raises OSError where it cannot.
    """

    def __init__(
        self, keys: Mapping[str, tuple[int, ...]], make: Callable[[frozenset[int]], KeySender] = VirtualKeyboard
    ) -> None:
        self._keys = dict(keys)
        self._make = make
        self._due = DueActions()
        self._rate = Rate(RATE_HZ)
        self._keyboard: KeySender | None = None
        self._pressing: Pressing | None = None
        self._problem = ""
        self._retry_s = 0.0
        self._of = (0, 0)
        self.failures = Failures()

    @property
    def notes(self) -> tuple[str, ...]:
        """What fails now, as sentences."""
        return (*([self._problem] if self._problem else []), *self.failures.notes)

    @property
    def status(self) -> str:
        """One line for people."""
        return self._problem or f"{len(self._keys)} keys allowed, {self.failures.done} pressed"

    def wait_s(self, now_s: float) -> float:
        """How long a message may be waited for."""
        due_s = self._pressing.due_s if self._pressing else now_s + POLL_S
        return max(0.0, min(POLL_S, due_s - now_s))

    def step(self, message: ActionsMessage, now_s: float) -> None:
        """Presses what is due after a message of the conductor."""
        of = (message.state.pid, message.state.changes)
        if of != self._of:
            self._of = of
            self.failures.forget()
        for due in self._due.step(message):
            for one in due.action.does:
                if isinstance(one, KeyAction):
                    self._press(due.action.name, one.key, now_s)

    def poll(self, now_s: float) -> None:
        """Releases what is due, and makes the keyboard where there is none."""
        if self._pressing:
            try:
                self._pressing.step(now_s)
            except OSError as error:
                self._lose(error)
        elif now_s >= self._retry_s:
            self._retry_s = now_s + RETRY_S
            self._open()

    def _open(self) -> None:
        try:
            self._keyboard = self._make(frozenset(code for codes in self._keys.values() for code in codes))
        except OSError as error:
            self._lose(error)
        else:
            self._pressing = Pressing(self._keyboard.send)
            self._problem = ""
            log.get().info("keyboard made", keys=" ".join(self._keys))

    def _lose(self, error: OSError) -> None:
        self._close_keyboard()
        problem = f"no key can be pressed: {UINPUT} cannot be used ({error.strerror})"
        if isinstance(error, PermissionError):
            problem += "; the system service may, by its unit, and a user whom a rule of udev allows it"
        elif isinstance(error, FileNotFoundError):
            problem += "; `sudo modprobe uinput` loads it"
        if problem != self._problem:
            self._problem = problem
            log.get().warning("keyboard not made", message=problem)

    def _press(self, action: str, key: str, now_s: float) -> None:
        codes = self._keys.get(key)
        if codes is None:
            sentence = f"`actions.keys` in gesturesynth.yaml does not allow the key {key}"
            self.failures.add(action, KEY, sentence, now_s)
        elif self._pressing is None:
            self.failures.failed += 1  # why is said already
        elif not self._rate.take(now_s):
            sentence = f"there were more than {RATE_HZ:g} keys in a second"
            self.failures.add(action, KEY, sentence, now_s, left_out=True)
        else:
            try:
                self._pressing.press(codes, now_s)
            except OSError as error:
                self._lose(error)
            else:
                self.failures.succeeded(action, KEY)

    def _close_keyboard(self) -> None:
        keyboard, pressing = self._keyboard, self._pressing
        self._keyboard = self._pressing = None
        with suppress(OSError):
            if pressing:
                pressing.release_all()
        with suppress(OSError):
            if keyboard:
                keyboard.close()

    def close(self) -> None:
        """Releases all keys, and removes the keyboard."""
        self._close_keyboard()
