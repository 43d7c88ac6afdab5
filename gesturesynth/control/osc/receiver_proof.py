"""Whether a subscriber on another computer really receives what it is sent. Pure: time is passed in.

The sender's address of a datagram can be forged: a few bytes could have much sent to a computer that never asked for
it. So before much is sent to another computer, it gets a number, and has to send it back from the same
address and port; until then it is sent little. Programs of this computer (127.0.0.0/8, which no network delivers from
outside) need not.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Final

from gesturesynth.control.osc.admission import TokenBucket
from gesturesynth.control.osc.limits import Sender, host_of

PROOF_S: Final = 600.0
"""For so long a number that came back counts; another one is sent well before that."""
RENEW_S: Final = 60.0
EPOCH_S: Final = 300.0
"""A number is good for as long as this, and up to twice as long."""
UNPROVEN_OCTETS: Final = 4096
"""State and outputs sent at once to a host without proof, and again in `UNPROVEN_S`: enough to see that it works."""
UNPROVEN_S: Final = 30.0
ANSWER_OCTETS: Final = 16_384
"""Answers to a host that are sent at once; after that, they have the two limits below."""
ANSWER_FACTOR: Final = 4.0
"""Answers in bytes for each byte that the host sends."""
ANSWER_OCTETS_A_S: Final = 1024.0
"""Answers a second besides: as much as a person who presses buttons needs."""
TRIES: Final = 10
"""Wrong numbers that a host may send at once; one more every `TRY_S`."""
TRY_S: Final = 2.0
MOST_PROVEN: Final = 64
MOST_UNPROVEN: Final = 256
_NUMBERS: Final = 1 << 24
"""A 32-bit float holds every whole number up to here, and some programs send nothing else."""


def is_this_computer(address: str) -> bool:
    """Whether a sender is a program of this computer: 127.0.0.0/8."""
    return host_of(address).startswith("127.")


class ReceiverProofs:
    """The numbers sent, and those that came back.

    Args:
        secret: random bytes, the key from which the numbers are derived.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret[:64]
        self._proven_s: OrderedDict[Sender, float] = OrderedDict()
        self._octets: OrderedDict[str, TokenBucket] = OrderedDict()
        self._answers: OrderedDict[str, TokenBucket] = OrderedDict()
        self._tries: OrderedDict[str, TokenBucket] = OrderedDict()

    def number(self, sender: Sender, now_s: float) -> int:
        """The number that this sender has to send back, 1 to 2^24 - 1."""
        return self._number(sender, int(now_s // EPOCH_S))

    def confirm(self, sender: Sender, number: int, now_s: float) -> bool:
        """Whether this is the sender's number; it counts as proven from now on."""
        tries = _bucket(self._tries, sender, TRIES, 1.0 / TRY_S, now_s)
        if tries.fill(now_s) < 1.0:
            return False
        epoch = int(now_s // EPOCH_S)
        if number not in (self._number(sender, epoch), self._number(sender, epoch - 1)):
            tries.tokens -= 1.0
            return False
        self._proven_s.pop(sender, None)
        self._proven_s[sender] = now_s
        if len(self._proven_s) > MOST_PROVEN:
            self._proven_s.popitem(last=False)
        return True

    def proven(self, sender: Sender, now_s: float) -> bool:
        """Whether this sender may be sent everything."""
        return is_this_computer(sender[0]) or self._left_s(sender, now_s) > 0.0

    def due(self, sender: Sender, now_s: float) -> bool:
        """Whether this sender has to send its number back, now or soon."""
        return not is_this_computer(sender[0]) and self._left_s(sender, now_s) <= RENEW_S

    def may_send(self, receiver: Sender, octets: int, now_s: float) -> bool:
        """Whether so much more may be sent to this receiver; it counts against the budget of a host without proof.

        One datagram may be longer than the budget, or a long state could never be sent; the next waits longer, then.
        """
        if self.proven(receiver, now_s):
            return True
        left = _bucket(self._octets, receiver, UNPROVEN_OCTETS, UNPROVEN_OCTETS / UNPROVEN_S, now_s)
        if left.fill(now_s) < min(octets, UNPROVEN_OCTETS):
            return False
        left.tokens -= octets
        return True

    def record_received(self, sender: Sender, octets: int, now_s: float) -> None:
        """Adds to the budget of a sender's answers: `ANSWER_FACTOR` times what it sent."""
        if not is_this_computer(sender[0]):
            left = _bucket(self._answers, sender, ANSWER_OCTETS, ANSWER_OCTETS_A_S, now_s)
            left.tokens = min(left.burst, left.fill(now_s) + ANSWER_FACTOR * octets)

    def may_answer(self, sender: Sender, octets: int) -> bool:
        """Whether an answer of so many bytes may be sent; it counts against the budget of the sender's host."""
        left = self._answers.get(host_of(sender[0]))
        if left is None:  # a program of this computer, or a host that so many came after that it is not remembered
            return is_this_computer(sender[0])
        if left.tokens < octets:
            return False
        left.tokens -= octets
        return True

    def _left_s(self, sender: Sender, now_s: float) -> float:
        since_s = self._proven_s.get(sender)
        return 0.0 if since_s is None else since_s + PROOF_S - now_s

    def _number(self, sender: Sender, epoch: int) -> int:
        text = f"{host_of(sender[0])} {sender[1]} {epoch}".encode()
        digest = hashlib.blake2b(text, key=self._secret, digest_size=8).digest()
        return 1 + int.from_bytes(digest, "big") % (_NUMBERS - 1)


def _bucket(
    buckets: OrderedDict[str, TokenBucket], sender: Sender, burst: float, rate_hz: float, now_s: float
) -> TokenBucket:
    """The bucket of the sender's host; the one that was used longest ago is dropped for it."""
    host = host_of(sender[0])
    bucket = buckets.pop(host, None) or TokenBucket(rate_hz, burst, now_s)
    buckets[host] = bucket
    if len(buckets) > MOST_UNPROVEN:
        buckets.popitem(last=False)
    return bucket
