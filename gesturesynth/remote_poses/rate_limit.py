"""How many messages of one sender are read: a bucket of tokens. Pure: time is passed in."""

from __future__ import annotations


class MessageBudget:
    """Lets `rate_hz` messages a second pass, and `burst` of them at once.

    Args:
        rate_hz: messages a second in the long run.
        burst: messages that may be ahead of it.
        now_s: monotonic seconds; the bucket begins full.
    """

    def __init__(self, rate_hz: float, burst: int, now_s: float) -> None:
        self._rate_hz = rate_hz
        self._burst = burst
        self._tokens = float(burst)
        self._seen_s = now_s

    def available(self, now_s: float) -> bool:
        """Whether `take` would succeed now."""
        self._fill(now_s)
        return self._tokens >= 1.0

    def take(self, now_s: float) -> bool:
        """Whether one more message may be read; takes its token."""
        if not self.available(now_s):
            return False
        self._tokens -= 1.0
        return True

    def _fill(self, now_s: float) -> None:
        passed_s = max(0.0, now_s - self._seen_s)
        self._tokens = min(float(self._burst), self._tokens + passed_s * self._rate_hz)
        self._seen_s = max(self._seen_s, now_s)
