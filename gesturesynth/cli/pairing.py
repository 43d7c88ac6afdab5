"""The code with which a device is paired, for a terminal: a QR code and six digits."""

from __future__ import annotations

import io
from typing import Final

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.page.desk_socket import DeskRequest, ask_desk

KEY: Final = "P"
"""The key of `gesturesynth run` that shows the code."""
KEY_WAIT_S: Final = 0.5
"""The terminal of `run` does not wait longer for the page."""


def pairing_text(code: str, address: str) -> str:
    """What a person sees.

    Args:
        code: the six digits.
        address: of the page; the code is in it.
    """
    import segno  # noqa: PLC0415 - `run` does not wait for it

    picture = io.StringIO()
    segno.make(address, micro=False).terminal(out=picture, border=2, compact=True)
    page = address.partition("#")[0]
    return (
        f"{picture.getvalue()}\n"
        f"Point the device's camera at this, or open {page} there and enter\n\n"
        f"    {code[:3]} {code[3:]}\n\n"
        "within five minutes. It works once."
    )


def pairing_for_key() -> str:
    """What the key shows: the code for a device of staff (`play`), or a sentence why there is none."""
    try:
        answer = ask_desk(DeskRequest("pair"), paths.runtime_dir(), KEY_WAIT_S)
    except GestureSynthError as error:
        return str(error)
    return pairing_text(answer.code, answer.address)
