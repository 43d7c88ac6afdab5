"""A test of one channel: it becomes bright and dark again, slowly."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.light.frames import CHANNELS, Slot, frame
from gesturesynth.light.protocols import PROTOCOLS, LightSettings
from gesturesynth.light.stream import LightSender

PERIOD_S: Final = 2.0
"""From dark to bright and back: far below the rate at which light disturbs."""


@dataclass(frozen=True)
class Sent:
    """What was sent: how many packets, and why they did not arrive, where the system knows."""

    packets: int
    error: str


def level_at(passed_s: float) -> float:
    """The level of the test, 0..1: a raised cosine."""
    return 0.5 - 0.5 * math.cos(2.0 * math.pi * passed_s / PERIOD_S)


def run_channel_test(
    settings: LightSettings,
    universe: int,
    channel: int,
    seconds: float,
    stopping: Callable[[], bool] = lambda: False,
) -> Sent:
    """Sends until the time is over; all lamps of the universe are dark at the end.

    Args:
        settings: of the machine.
        universe: as presets count them.
        channel: 1..512.
        seconds: how long.
        stopping: whether it has to end earlier.

    Raises:
        UserError: there is no such universe or channel.
    """
    to = settings.destination(universe)
    if to is None:
        of = PROTOCOLS[settings.protocol]
        raise UserError(f"{of.title} has no universe {universe}: it has {of.first_universe} to {of.last_universe}")
    if not 1 <= channel <= CHANNELS:
        raise UserError(f"there is no channel {channel}: a universe has 1 to {CHANNELS}")
    sender = LightSender(settings)
    begun_s = time.monotonic()
    error = ""
    try:
        while (passed_s := time.monotonic() - begun_s) < seconds and not stopping():
            levels = {Slot(channel, wide=False): level_at(passed_s) * settings.most}
            sender.send({to: frame(levels)}, time.monotonic())
            error = sender.error or error
            time.sleep(1.0 / settings.rate_hz)
    finally:
        sender.end(time.monotonic())
    return Sent(sender.packets, error)
