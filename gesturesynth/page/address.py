"""Where the address of a server is written while it serves: for `run --open`, `page pair` and programs."""

from __future__ import annotations

from pathlib import Path


def address_file(folder: Path, process: str = "page") -> Path:
    """The file in a runtime folder: of the page, of the process `oscquery`, or of that one as the service `page`."""
    return folder / process / "address"
