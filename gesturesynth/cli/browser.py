"""`gesturesynth run --open`: the web page in this computer's browser, once, as soon as it is served."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from pathlib import Path

from gesturesynth.core import log, paths
from gesturesynth.page.address import address_file


class BrowserOpener:
    """Opens the page when its address is known.

    Args:
        wanted: whether to open anything.
        open_address: opens an address, and returns whether it could.
        folder: the runtime folder.
    """

    def __init__(
        self,
        *,
        wanted: bool,
        open_address: Callable[[str], bool] = webbrowser.open,
        folder: Path | None = None,
    ) -> None:
        self._wanted = wanted
        self._open_address = open_address
        self._file = address_file(folder or paths.runtime_dir())

    def poll(self) -> None:
        """To be called often."""
        if not self._wanted:
            return
        try:
            address = self._file.read_text(encoding="utf-8")
        except OSError:
            return
        self._wanted = False
        if not self._open_address(address):
            log.get().warning("browser not opened", message=f"no browser was found here; the page is at {address}")
