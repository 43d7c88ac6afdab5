"""Pairing: a code of six digits that a person reads on this computer and enters on their device. Pure.

One code is open at a time, for five minutes and five tries of all devices together: of a million codes, five guesses
find one with a chance of 1 in 200,000. A code is used once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gesturesynth.core.errors import UserError
from gesturesynth.page.roles import Role

CODE_S: Final = 300.0
MOST_TRIES: Final = 5
DIGITS: Final = 6


class PairingError(UserError):
    """A code that does not pair; a sentence for the person who entered it."""


def _random_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


@dataclass
class _Code:
    digits: str
    role: Role
    ends_s: float
    tries_left: int = MOST_TRIES


class PairingDesk:
    """The code that is open, if there is one.

    Args:
        make_code: gives a new code.
    """

    def __init__(self, make_code: Callable[[], str] = _random_code) -> None:
        self._make_code = make_code
        self._code: _Code | None = None

    def open(self, role: Role, now_s: float) -> str:
        """A new code for a device of this role; the one before it is worth nothing from now on.

        Args:
            role: of the device.
            now_s: monotonic seconds.
        """
        self._code = _Code(self._make_code(), role, now_s + CODE_S)
        return self._code.digits

    def redeem(self, digits: str, now_s: float) -> Role:
        """The role of the device that has this code, which is used up.

        Raises:
            PairingError: there is no such code, it is too old, or there were too many wrong ones.
        """
        code = self._code
        if code is None or now_s >= code.ends_s or code.tries_left <= 0:
            self._code = None
            raise PairingError("no code is open: ask for a new one with `gesturesynth page pair`")
        code.tries_left -= 1
        if not hmac.compare_digest(code.digits.encode(), digits.encode()):
            left = code.tries_left
            after = f"{left} more tr{'ies' if left != 1 else 'y'}" if left else "this code is worth nothing any more"
            raise PairingError(f"this is not the code; {after}")
        self._code = None
        return code.role
