"""The process `light`: drives lamps over Art-Net or sACN, as the conductor tells it what the piece does.

It opens no device and receives nothing from the network. Without a conductor the last look stays for five seconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.core import log
from gesturesynth.light.desk import LightDesk
from gesturesynth.light.dimming import CLOSING_S
from gesturesynth.light.protocols import LightSettings
from gesturesynth.light.show import lamps_text
from gesturesynth.light.stream import LightSender
from gesturesynth.runtime.light_message import LightMessage, LightStatus
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.service import Service

STATUS_S: Final = 0.25
LONGEST_END_S: Final = CLOSING_S + 0.5
"""The fade at the end, on a busy computer."""


@dataclass(frozen=True)
class LightProcessSettings:
    """How lamps are driven, and the runtime folder of the conductor; by default this process's own."""

    light: LightSettings
    runtime: Path | None = None


def run_light(settings: LightProcessSettings, service: Service) -> int:
    """Drives lamps until the service is asked to stop, and then puts them out.

    Returns:
        The exit code, 0.
    """
    with (
        zmq.Context() as context,
        closing(Subscriber(context, LightMessage, settings.runtime)) as messages,
        closing(Publisher(context, LightStatus)) as statuses,
    ):
        loop = LightLoop(settings.light, messages, statuses, service)
        log.get().info("lights started", to=settings.light.text())
        service.ready(loop.line())
        try:
            loop.run(lambda: service.stopping)
            service.notify_stopping()
            end_s = time.monotonic() + LONGEST_END_S
            loop.run(lambda: loop.desk.is_dark or time.monotonic() >= end_s, stopping=True)
        finally:
            loop.sender.end(time.monotonic())
    log.get().info("lights stopped")
    return 0


class LightLoop:
    """Takes messages as they come, and sends frames as often as the settings say.

    Attributes:
        desk: decides what lamps do.
        sender: sends it.
    """

    def __init__(
        self,
        settings: LightSettings,
        messages: Subscriber[LightMessage],
        statuses: Publisher[LightStatus],
        service: Service,
    ) -> None:
        self._settings = settings
        self._messages, self._statuses, self._service = messages, statuses, service
        self.desk = LightDesk(settings, lit=service.stats().restarts > 0)
        self.sender = LightSender(settings)
        self._due_s = self._status_due_s = 0.0
        self._error = ""

    def run(self, done: Callable[[], bool], *, stopping: bool = False) -> None:
        """Works until `done`. With `stopping`, all lamps fade out."""
        while not done():
            now_s = time.monotonic()
            message = self._messages.newest(max(0.0, self._due_s - now_s))
            now_s = time.monotonic()
            if message:
                self.desk.take(message, now_s)
            if now_s >= self._due_s:
                self._due_s = now_s + 1.0 / self._settings.rate_hz
                self.sender.send(self.desk.step(now_s, stopping=stopping), now_s)
                self._report(now_s)
                self._service.heartbeat(self.line())

    def _report(self, now_s: float) -> None:
        error = self.error
        if error != self._error:
            self._error = error
            if self._error:
                log.get().warning("lamps not reached", message=self._error)
            else:
                log.get().info("lamps reached")
        if now_s < self._status_due_s:
            return
        self._status_due_s = now_s + STATUS_S
        self._statuses.send(
            LightStatus(
                now_s,
                os.getpid(),
                self._settings.text(),
                self.desk.state,
                self.sender.packets,
                self.sender.lost,
                error,
                self.sender.frames,
                dark=self.desk.dark,
                withheld=self.desk.withheld,
                lamps=self.desk.lamps,
                life=self._service.stats(),
            )
        )

    def line(self) -> str:
        """One line for people."""
        desk = self.desk
        text = f"{desk.state}, {lamps_text(desk.lamps)}, {self._settings.text()}"
        return f"{text}; {self.error}" if self.error else text

    @property
    def error(self) -> str:
        """Why lamps are not reached; empty when all are."""
        return "; ".join(filter(None, (self.desk.problem, self.sender.error)))
