"""How many messages a device may send: as many as over OSC (`control/osc/limits.py`)."""

from __future__ import annotations

import asyncio
import time

from gesturesynth.control.osc.limits import RATE_HZ, RateLimiter


class MessagePace:
    """Makes devices wait that send too fast; the connections of one device count together."""

    def __init__(self, limiter: RateLimiter | None = None) -> None:
        self._limiter = limiter or RateLimiter()

    async def wait(self, device: str) -> None:
        """Returns when the next message of this device (any name of it) may be read."""
        while not self._limiter.take((device, 0), time.monotonic()):  # noqa: ASYNC110 - tokens come with time alone
            await asyncio.sleep(1.0 / RATE_HZ)
