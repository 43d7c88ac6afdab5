"""The code with which a device is paired, for a terminal: a QR code and six digits."""

from __future__ import annotations

import io

import segno


def pairing_text(code: str, address: str) -> str:
    """What a person sees.

    Args:
        code: the six digits.
        address: of the page; the code is in it.
    """
    picture = io.StringIO()
    segno.make(address, micro=False).terminal(out=picture, border=2, compact=True)
    page = address.partition("#")[0]
    return (
        f"{picture.getvalue()}\n"
        f"Point the device's camera at this, or open {page} there and enter\n\n"
        f"    {code[:3]} {code[3:]}\n\n"
        "within five minutes. It works once."
    )
