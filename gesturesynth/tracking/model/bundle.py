"""Model bundles as MediaPipe's Tasks API reads them: an uncompressed zip whose members are aligned to 16 bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

ALIGNMENT: Final = 16
LOCAL_HEADER_BYTES: Final = 30
"""Of a zip member, before its name (APPNOTE 4.3.7)."""


def stored_zip(models: Mapping[str, bytes]) -> bytes:
    """A bundle of these members (name -> content), in their order; the same input gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in models.items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # as on Unix, wherever this runs
            member.external_attr = 0o644 << 16
            member.extra = _padding(out.tell() + LOCAL_HEADER_BYTES + len(name))
            bundle.writestr(member, content)
    return out.getvalue()


def _padding(position: int) -> bytes:
    """An extra field of an unused type (0xD935, as of Android's zipalign), to end on a multiple of 16."""
    size = 6 + -(position + 6) % ALIGNMENT
    return b"\x35\xd9" + (size - 4).to_bytes(2, "little") + ALIGNMENT.to_bytes(2, "little") + bytes(size - 6)
