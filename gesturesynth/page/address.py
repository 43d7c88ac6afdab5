"""Where the address of the page is written while it is served: for `run --open`, `page pair` and programs."""

from __future__ import annotations

from pathlib import Path


def address_file(folder: Path) -> Path:
    """The file in a runtime folder."""
    return folder / "page" / "address"
